package dev.yodel.media.opus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6716 table 2 and the limits of 3.2. No native code. */
final class OpusPacketTest {
    @ParameterizedTest
    @CsvSource({
        "0, 480",
        "1, 960",
        "2, 1920",
        "3, 2880",
        "7, 2880",
        "11, 2880",
        "12, 480",
        "13, 960",
        "14, 480",
        "15, 960",
        "16, 120",
        "17, 240",
        "18, 480",
        "19, 960",
        "28, 120",
        "31, 960"
    })
    void eachConfigurationHasItsDuration(int configuration, int samples) {
        byte toc = (byte) (configuration << 3);
        assertThat(OpusPacket.samples(new byte[] {toc}, 0, 1)).isEqualTo(samples);
        assertThat(OpusPacket.samples(new byte[] {(byte) (toc | 1)}, 0, 1)).isEqualTo(2 * samples);
        assertThat(OpusPacket.samples(new byte[] {(byte) (toc | 3), 2}, 0, 2)).isEqualTo(2 * samples);
    }

    /** RFC 6716 3.2, 4.2.3 and 4.2.4: SILK and hybrid, one frame and several, both channels, and what has no such flag. */
    @ParameterizedTest
    @CsvSource({
        // One frame of 20 ms: a bit of activity, then the one that counts.
        "08c0, true",
        "0880, false",
        // Hybrid, 20 ms.
        "7840, true",
        "7880, false",
        // 60 ms: three bits of activity first.
        "18f0, true",
        "18e0, false",
        // Stereo, 20 ms: the side channel's is the fourth bit; 60 ms: the eighth.
        "0c10, true",
        "0c20, false",
        "1c01, true",
        "1c02, false",
        // CELT has none.
        "fcff, false",
        // Two frames of one size; two with a size of one byte and of two; an empty one first.
        "094080, true",
        "0a014080, true",
        "0afc0040, true",
        "0a0040, false",
        // Any count: two frames with sizes, then with padding of 256 bytes' length told in two.
        "0b820140, true",
        "0b42ff0240, true",
        "0b42ffff, false",
        "0b, false",
        "08, false"
    })
    void whetherThePacketBeforeIsDescribed(String hex, boolean described) {
        byte[] packet = dev.yodel.io.Bytes.fromHex(hex);
        assertThat(OpusPacket.describesPrevious(packet, 0, packet.length)).isEqualTo(described);
    }

    @Test
    void impossiblePacketsAreMalformed() {
        assertThat(OpusPacket.samples(new byte[0], 0, 0)).isEqualTo(OpusPacket.MALFORMED);
        assertThat(OpusPacket.samples(new byte[] {3}, 0, 1)).isEqualTo(OpusPacket.MALFORMED);
        assertThat(OpusPacket.samples(new byte[] {3, 0}, 0, 2)).isEqualTo(OpusPacket.MALFORMED);
        // 63 frames of 20 ms are more than 120 ms.
        assertThat(OpusPacket.samples(new byte[] {(byte) ((1 << 3) | 3), 63}, 0, 2))
                .isEqualTo(OpusPacket.MALFORMED);
        assertThat(OpusPacket.isStereo((byte) 4)).isTrue();
        assertThat(OpusPacket.isStereo((byte) 0)).isFalse();
    }
}

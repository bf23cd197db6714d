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

package dev.yodel.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RtpHeaderTest {
    @Test
    void partsStandWhereRfc3550PutsThem() {
        byte[] packet = new ByteWriter(3 + 12 + 8 + 4 + 8 + 5 + 3)
                .zeros(3)
                .put8(0x80 | 0x20 | 0x10 | 2)
                .put8(0x80 | 111)
                .put16(65_535)
                .put32(0xfffffffe)
                .put32(0xdeadbeef)
                .put32(1)
                .put32(2)
                .put16(0xbede)
                .put16(2)
                .zeros(8)
                .put(new byte[] {9, 8, 7, 6, 5})
                .put(new byte[] {0, 0, 3})
                .array();
        RtpHeader header = new RtpHeader();
        assertThat(header.parse(packet, 3, packet.length - 3)).isTrue();
        assertThat(header.marker()).isTrue();
        assertThat(header.payloadType()).isEqualTo(111);
        assertThat(header.sequenceNumber()).isEqualTo(65_535);
        assertThat(header.timestamp()).isEqualTo(0xfffffffeL);
        assertThat(header.ssrc()).isEqualTo(0xdeadbeef);
        assertThat(header.csrcCount()).isEqualTo(2);
        assertThat(header.csrc(1)).isEqualTo(2);
        assertThat(header.extensionProfile()).isEqualTo(0xbede);
        assertThat(header.extensionOffset()).isEqualTo(3 + 24);
        assertThat(header.extensionLength()).isEqualTo(8);
        assertThat(header.headerLength()).isEqualTo(32);
        assertThat(header.payloadOffset()).isEqualTo(35);
        assertThat(header.payloadLength()).isEqualTo(5);
        assertThat(header.paddingLength()).isEqualTo(3);
        assertThat(header.toString()).contains("pt=111").contains("seq=65535");
    }

    @Test
    void aPacketThatDoesNotFitLeavesTheViewAlone() {
        byte[] good = new byte[20];
        good[0] = (byte) 0x80;
        RtpHeader header = new RtpHeader();
        assertThat(header.parse(good, 0, 20)).isTrue();
        byte[] bad = good.clone();
        bad[0] |= 0x0f;
        bad[3] = 77;
        assertThat(header.parse(bad, 0, 20)).isFalse();
        assertThat(header.sequenceNumber()).isZero();
        assertThat(header.payloadLength()).isEqualTo(8);
    }

    /** All combinations of the first two bytes, 40 lengths: an oracle of its own, and no read behind the packet. */
    @Test
    void R01_allFirstTwoBytesTimesFortyLengths() {
        Random random = new Random(3);
        RtpHeader header = new RtpHeader();
        for (int length = 0; length < 40; length++) {
            byte[] exact = new byte[length];
            random.nextBytes(exact);
            for (int firstTwo = 0; firstTwo < 0x10000; firstTwo++) {
                if (length > 0) {
                    exact[0] = (byte) (firstTwo >> 8);
                }
                if (length > 1) {
                    exact[1] = (byte) firstTwo;
                }
                if (length > 20 && (firstTwo & 0xff) < 4) {
                    // Extensions of few words, so that both outcomes occur.
                    exact[14] = 0;
                    exact[15] = (byte) (firstTwo & 3);
                    exact[length - 1] = (byte) (firstTwo % 12);
                }
                boolean parsed = header.parse(exact, 0, length);
                assertThat(parsed).isEqualTo(fits(exact));
                if (parsed) {
                    assertThat(header.headerLength() + header.payloadLength() + header.paddingLength())
                            .isEqualTo(length);
                    assertThat(header.payloadLength()).isNotNegative();
                    assertThat(header.hasExtension()).isEqualTo((exact[0] & 0x10) != 0);
                }
            }
        }
    }

    private static boolean fits(byte[] packet) {
        if (packet.length < 12 || (packet[0] & 0xff) >> 6 != 2) {
            return false;
        }
        int left = packet.length - 12 - 4 * (packet[0] & 15);
        if ((packet[0] & 0x10) != 0) {
            left -= 4;
            if (left >= 0) {
                left -= 4 * Bytes.u16(packet, packet.length - left - 2);
            }
        }
        if (left < 0) {
            return false;
        }
        int padding = packet[packet.length - 1] & 0xff;
        return (packet[0] & 0x20) == 0 || (padding > 0 && padding <= left);
    }

    @Test
    void rtcpIsToldByItsSecondByte() {
        for (int second = 0; second < 256; second++) {
            byte[] packet = {(byte) 0x80, (byte) second};
            assertThat(RtpHeader.isRtcp(packet, 0, 2)).isEqualTo(second >= 192 && second <= 223);
        }
        assertThat(RtpHeader.isRtcp(new byte[] {0, (byte) 200}, 0, 1)).isFalse();
    }
}

package dev.yodel.webrtc.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.webrtc.internal.transport.Demux.Kind;
import org.junit.jupiter.api.Test;

final class DemuxTest {
    @Test
    void R14_everyFirstAndSecondByte() {
        for (int first = 0; first < 256; first++) {
            for (int second = 0; second < 256; second++) {
                byte[] datagram = {(byte) first, (byte) second, 0, 0};
                assertThat(Demux.classify(datagram, 0, datagram.length))
                        .as("bytes %d %d", first, second)
                        .isEqualTo(expected(first, second));
            }
        }
    }

    /** The table of RFC 7983 7 with RFC 5761 4. */
    private static Kind expected(int first, int second) {
        if (first <= 3) {
            return Kind.STUN;
        } else if (first <= 19) {
            return Kind.UNKNOWN;
        } else if (first <= 63) {
            return Kind.DTLS;
        } else if (first <= 79) {
            return Kind.TURN_CHANNEL;
        } else if (first <= 127) {
            return Kind.UNKNOWN;
        } else if (first <= 191) {
            return second >= 192 && second <= 223 ? Kind.RTCP : Kind.RTP;
        }
        return Kind.UNKNOWN;
    }

    @Test
    void R14_tooShortIsUnknown() {
        assertThat(Demux.classify(new byte[0], 0, 0)).isEqualTo(Kind.UNKNOWN);
        assertThat(Demux.classify(new byte[] {(byte) 0x80}, 0, 1)).isEqualTo(Kind.UNKNOWN);
    }

    @Test
    void looksAtTheRangeOnly() {
        byte[] data = {0, 0, (byte) 0x80, (byte) 200, 0};
        assertThat(Demux.classify(data, 2, 3)).isEqualTo(Kind.RTCP);
    }
}

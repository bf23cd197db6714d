package dev.yodel.webrtc.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.rtp.ReceivedPacket;
import org.junit.jupiter.api.Test;

/** Who was heard (WebRTC 1.0, 5.3). */
class HeardSourcesTest {
    private static ReceivedPacket packet(long ssrc, long timestamp, long arrival, int level, int... contributors) {
        ReceivedPacket packet = new ReceivedPacket();
        packet.data = new byte[12 + 4 * contributors.length + 1];
        packet.data[0] = (byte) (0x80 | contributors.length);
        for (int i = 0; i < contributors.length; i++) {
            Bytes.put32(packet.data, 12 + 4 * i, contributors[i]);
        }
        packet.packetLength = packet.data.length;
        packet.payloadLength = 1;
        packet.ssrc = ssrc;
        packet.rtpTimestamp = timestamp;
        packet.arrivalNanos = arrival;
        packet.audioLevel = level;
        return packet;
    }

    @Test
    void theLatestComesFirstAndTheOldAreForgotten() {
        HeardSources sources = new HeardSources();
        assertThat(sources.handlePacket(packet(1, 10, 0, 5))).isEqualTo(HeardSources.SSRC_CHANGED);
        assertThat(sources.handlePacket(packet(1, 20, Time.SECOND, 6))).isZero();
        assertThat(sources.handlePacket(packet(2, 5, 3 * Time.SECOND, -1))).isEqualTo(HeardSources.SSRC_CHANGED);
        assertThat(sources.synchronization(4 * Time.SECOND))
                .containsExactly(
                        new HeardSources.Source(2, 3 * Time.SECOND, 5, -1),
                        new HeardSources.Source(1, Time.SECOND, 20, 6));
        assertThat(sources.synchronization(11 * Time.SECOND)).hasSize(2);
        assertThat(sources.synchronization(11 * Time.SECOND + 1)).hasSize(1);
    }

    @Test
    void aPacketThatWasOvertakenChangesNothing() {
        HeardSources sources = new HeardSources();
        sources.handlePacket(packet(1, 0xffff_fff0L, 10, 1));
        sources.handlePacket(packet(1, 0x10, 20, 2));
        sources.handlePacket(packet(1, 0xffff_fff8L, 30, 3));
        assertThat(sources.synchronization(40)).containsExactly(new HeardSources.Source(1, 20, 0x10, 2));
    }

    @Test
    void contributorsAreTheMixersAndTheirChangeIsNoticed() {
        HeardSources sources = new HeardSources();
        sources.handlePacket(packet(1, 1, 10, 1));
        assertThat(sources.handlePacket(packet(1, 2, 20, 1, 7, -1))).isEqualTo(HeardSources.CSRC_CHANGED);
        assertThat(sources.handlePacket(packet(1, 3, 30, 1, 7, -1))).isZero();
        assertThat(sources.handlePacket(packet(1, 4, 40, 1, 7))).isEqualTo(HeardSources.CSRC_CHANGED);
        assertThat(sources.contributing(50))
                .containsExactly(
                        new HeardSources.Source(7, 40, 4, -1), new HeardSources.Source(0xffff_ffffL, 30, 3, -1));
        assertThat(sources.handlePacket(packet(1, 5, 60, 1))).isEqualTo(HeardSources.CSRC_CHANGED);
        assertThat(sources.contributing(70)).hasSize(2);
    }

    @Test
    void aPeerThatNamesManySourcesCostsNoMoreThanTheLatest() {
        HeardSources sources = new HeardSources();
        for (int i = 0; i < 10_000; i++) {
            sources.handlePacket(packet(i, 1, i, 1, 2 * i, 2 * i + 1));
        }
        assertThat(sources.synchronization(10_000)).hasSize(64);
        assertThat(sources.contributing(10_000)).hasSize(64);
        assertThat(sources.synchronization(10_000).get(0).source()).isEqualTo(9_999);
    }
}

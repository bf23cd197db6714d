package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.yodel.io.Time;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two sessions that talk, in virtual time. */
final class RtpSessionTest {
    private static final long START = -5_000_000_000L;

    @Test
    void audioArrivesWithNumbersTimesLevelAndReports() {
        RtpPair pair = new RtpPair(1, START);
        SendStream voice = pair.a.addSendStream(RtpPair.audioSend(pair.a, "0"));
        RtpReceiver receiver = pair.b.addReceiver(RtpPair.audio("0"), START);
        byte[] payload = new byte[80];
        for (int i = 0; i < 500; i++) {
            payload[0] = (byte) i;
            voice.write(RtpPair.OPUS, payload, 0, payload.length, i * 960L, i == 0, 30, pair.now);
            pair.run(pair.now + 20 * Time.MILLISECOND);
        }
        pair.run(pair.now + Time.SECOND);

        List<ReceivedPacket> packets = pair.of(pair.eventsOfB, ReceivedPacket.class);
        assertThat(packets).hasSize(500);
        ReceivedPacket first = packets.get(0);
        for (int i = 0; i < 500; i++) {
            ReceivedPacket packet = packets.get(i);
            assertThat(packet.sequence).isEqualTo(first.sequence + i);
            assertThat(packet.rtpTimestamp - first.rtpTimestamp & 0xffff_ffffL).isEqualTo(i * 960L);
            assertThat(packet.data[packet.payloadOffset]).isEqualTo((byte) i);
            assertThat(packet.payloadLength).isEqualTo(80);
            assertThat(packet.receiverId).isEqualTo(receiver.id());
            assertThat(packet.audioLevel).isEqualTo(30);
            assertThat(packet.voiceActivity).isTrue();
            assertThat(packet.marker).isEqualTo(i == 0);
            assertThat(packet.codec).isEqualTo(RtpPair.OPUS);
        }
        assertThat(first.sequence).isLessThan(1 << 15);
        assertThat(pair.of(pair.eventsOfB, RtpEvent.StreamStarted.class)).hasSize(1);

        SendStreamStats sent = voice.stats();
        assertThat(sent.packetsSent()).isEqualTo(500);
        assertThat(sent.bytesSent()).isEqualTo(40_000);
        SendStreamStats.RemoteInbound remote = sent.remote();
        assertThat(remote).isNotNull();
        assertThat(remote.packetsReceived()).isGreaterThan(400);
        assertThat(remote.packetsLost()).isZero();
        assertThat(remote.fractionLost()).isZero();
        assertThat(remote.roundTripTimeSeconds()).isCloseTo(0.050, within(0.001));
        assertThat(remote.totalRoundTripTimeSeconds())
                .isCloseTo(0.050 * remote.roundTripTimeMeasurements(), within(0.01));
        assertThat(remote.jitterSeconds()).isLessThan(0.0001);

        ReceiveStreamStats received = receiver.stats().get(0);
        assertThat(received.packetsReceived()).isEqualTo(500);
        assertThat(received.bytesReceived()).isEqualTo(40_000);
        assertThat(received.headerBytesReceived()).isEqualTo(sent.headerBytesSent());
        assertThat(received.remote()).isNotNull();
        assertThat(received.remote().reportsSent()).isBetween(8L, 20L);
    }

    @Test
    void removedStreamSaysGoodbye() {
        RtpPair pair = new RtpPair(2, START);
        SendStream voice = pair.a.addSendStream(RtpPair.audioSend(pair.a, "0"));
        pair.b.addReceiver(RtpPair.audio("0"), START);
        voice.write(new byte[10], 0, 10, 0, false, pair.now);
        pair.run(pair.now + Time.SECOND);
        pair.a.removeSendStream(voice, pair.now);
        pair.run(pair.now + Time.SECOND);

        List<RtpEvent.StreamEnded> ended = pair.of(pair.eventsOfB, RtpEvent.StreamEnded.class);
        assertThat(ended).hasSize(1);
        assertThat(ended.get(0).reason()).isEqualTo(RtpEvent.EndReason.BYE);
        assertThat(ended.get(0).ssrc()).isEqualTo(voice.ssrc());
    }

    @Test
    void relayedPacketsKeepOrderGapsAndLevel() {
        RtpPair pair = new RtpPair(3, START);
        SendStream voice = pair.a.addSendStream(RtpPair.audioSend(pair.a, "0"));
        pair.b.addReceiver(RtpPair.audio("0"), START);
        SendStream echo = pair.b.addSendStream(RtpPair.audioSend(pair.b, "7"));
        pair.a.addReceiver(RtpPair.audio("7"), START);
        for (int i = 0; i < 20; i++) {
            voice.write(RtpPair.OPUS, new byte[] {(byte) i}, 0, 1, i * 960L, false, i, pair.now);
        }
        pair.lose = (bytes, toB) -> toB && bytes[bytes.length - 1] == 5;
        pair.run(pair.now + 100 * Time.MILLISECOND);
        for (ReceivedPacket packet : pair.of(pair.eventsOfB, ReceivedPacket.class)) {
            assertThat(echo.relay(packet, pair.now)).isTrue();
        }
        pair.run(pair.now + 100 * Time.MILLISECOND);

        List<ReceivedPacket> back = pair.of(pair.eventsOfA, ReceivedPacket.class);
        assertThat(back).hasSize(19);
        for (ReceivedPacket packet : back) {
            int number = packet.data[packet.payloadOffset];
            assertThat(packet.sequence - back.get(0).sequence).isEqualTo(number);
            assertThat(packet.rtpTimestamp - back.get(0).rtpTimestamp & 0xffff_ffffL)
                    .isEqualTo(number * 960L);
            assertThat(packet.audioLevel).isEqualTo(number);
            assertThat(packet.ssrc).isEqualTo(echo.ssrc());
        }
    }

    /** A direction that is switched off and on again. */
    @Test
    void S07_aSourceUsedAgainContinuesItsNumbers() {
        RtpPair pair = new RtpPair(4, START);
        SendStreamParameters parameters = RtpPair.audioSend(pair.a, "0");
        pair.b.addReceiver(RtpPair.audio("0"), START);
        for (int round = 0; round < 20; round++) {
            SendStream voice = pair.a.addSendStream(parameters);
            for (int i = 0; i < 10; i++) {
                voice.write(new byte[4], 0, 4, i * 960L, false, pair.now);
            }
            pair.a.removeSendStream(voice, pair.now);
            pair.run(pair.now + Time.SECOND);
        }
        List<ReceivedPacket> packets = pair.of(pair.eventsOfB, ReceivedPacket.class);
        assertThat(packets).hasSize(200);
        for (int i = 1; i < packets.size(); i++) {
            assertThat(packets.get(i).sequence).isEqualTo(packets.get(i - 1).sequence + 1);
        }
    }
}

package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.rtp.rtcp.GenericNack;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Loss repaired by RTX between two sessions (RFC 4585 6.2.1, RFC 4588). */
final class RetransmissionTest {
    private static final RtpCodec VP8 =
            new RtpCodec(96, "VP8", 90_000, 1, Map.of(), Set.of("nack", "nack pli", "ccm fir"));
    private static final RtpCodec RTX = new RtpCodec(97, "rtx", 90_000, 1, Map.of("apt", "96"), Set.of());
    private static final RtpCodec RTX_OF_RTX = new RtpCodec(98, "rtx", 90_000, 1, Map.of("apt", "97"), Set.of());

    private final RtpPair pair = new RtpPair(11, 0);
    private final long ssrc = pair.a.newSsrc();
    private final long rtxSsrc = pair.a.newSsrc();
    private final SendStream video = pair.a.addSendStream(
            new SendStreamParameters(ssrc, rtxSsrc, "v", null, List.of(VP8, RTX, RTX_OF_RTX), RtpPair.IDS));
    private final RtpReceiver receiver = pair.b.addReceiver(
            new ReceiveParameters(
                    "v", List.of(VP8, RTX, RTX_OF_RTX), Set.of(ssrc), Map.of(ssrc, rtxSsrc), List.of(), RtpPair.IDS),
            0);

    private void send(int packets) {
        byte[] payload = new byte[1000];
        for (int i = 0; i < packets; i++) {
            Bytes.put32(payload, 0, i);
            video.write(VP8, payload, 0, payload.length, i * 3000L, i % 3 == 2, -1, pair.now);
            pair.run(pair.now + 10 * Time.MILLISECOND);
        }
        pair.run(pair.now + 3 * Time.SECOND);
    }

    /** One packet in twenty is lost, requests and repetitions too: everything arrives once. */
    @Test
    void lostPacketsComeAgain() {
        Random random = new Random(1);
        pair.lose = (bytes, toB) -> random.nextInt(20) == 0;
        send(1000);
        Set<Integer> seen = new HashSet<>();
        int repaired = 0;
        for (ReceivedPacket packet : pair.of(pair.eventsOfB, ReceivedPacket.class)) {
            assertThat(seen.add(Bytes.i32(packet.data, packet.payloadOffset))).isTrue();
            assertThat(packet.payloadLength).isEqualTo(1000);
            assertThat(packet.codec).isEqualTo(VP8);
            assertThat(packet.ssrc).isEqualTo(ssrc);
            assertThat(packet.marker).isEqualTo(Bytes.i32(packet.data, packet.payloadOffset) % 3 == 2);
            repaired += packet.retransmitted ? 1 : 0;
        }
        assertThat(seen.size()).as("seed 1").isGreaterThanOrEqualTo(998);
        assertThat(repaired).isGreaterThan(30);
        ReceiveStreamStats stats = receiver.stats().get(0);
        assertThat(stats.retransmittedPacketsReceived()).isEqualTo(repaired);
        assertThat(stats.nackCount()).isPositive();
        assertThat(stats.packetsLost()).isLessThanOrEqualTo(2);
        assertThat(video.stats().retransmittedPacketsSent()).isGreaterThanOrEqualTo(repaired);
        assertThat(video.stats().nackCount()).isPositive();
        assertThat(pair.of(pair.eventsOfB, RtpEvent.StreamStarted.class)).hasSize(1);
    }

    /** RFC 4588 4: a repetition says of its frame what the original said, and not what another one did. */
    @Test
    void aRepetitionSaysOfItsFrameWhatTheOriginalSaid() {
        HeaderExtensionIds ids =
                HeaderExtensionIds.of(Map.of(HeaderExtensionIds.MID, 4, FrameExtension.ORIENTATION.uri(), 5));
        long own = pair.a.newSsrc();
        long repair = pair.a.newSsrc();
        SendStream turned =
                pair.a.addSendStream(new SendStreamParameters(own, repair, "w", null, List.of(VP8, RTX), ids));
        pair.b.addReceiver(
                new ReceiveParameters("w", List.of(VP8, RTX), Set.of(own), Map.of(own, repair), List.of(), ids), 0);
        Random random = new Random(2);
        pair.lose = (bytes, toB) -> toB && random.nextInt(4) == 0;
        byte[] payload = new byte[100];
        for (int i = 0; i < 500; i++) {
            Bytes.put32(payload, 0, i);
            if (i % 3 == 0) {
                turned.say(FrameExtension.ORIENTATION, new byte[] {(byte) (i % 4)});
            }
            turned.write(VP8, payload, 0, payload.length, i * 3000L, true, -1, pair.now);
            pair.run(pair.now + 10 * Time.MILLISECOND);
        }
        pair.run(pair.now + 3 * Time.SECOND);
        int repaired = 0;
        for (ReceivedPacket packet : pair.of(pair.eventsOfB, ReceivedPacket.class)) {
            int number = Bytes.i32(packet.data, packet.payloadOffset);
            int length = packet.extensionLength(FrameExtension.ORIENTATION);
            assertThat(length).as("packet %d, seed 2", number).isEqualTo(number % 3 == 0 ? 1 : 0);
            if (length > 0) {
                assertThat(packet.data[packet.extensionOffset(FrameExtension.ORIENTATION)])
                        .as("packet %d, seed 2", number)
                        .isEqualTo((byte) (number % 4));
            }
            repaired += packet.retransmitted ? 1 : 0;
        }
        assertThat(repaired).isGreaterThan(50);
    }

    @Test
    void aGapTooLargeIsRepairedByAKeyFrame() {
        int[] count = {0};
        pair.lose = (bytes, toB) -> toB && count[0]++ >= 100 && count[0] < 400;
        send(500);
        assertThat(pair.of(pair.eventsOfA, RtpEvent.KeyFrameRequested.class)).isNotEmpty();
        assertThat(receiver.stats().get(0).pliCount()).isPositive();
        assertThat(video.stats().pliCount()).isPositive();
    }

    /** R05 through the whole session: requests for all numbers at line rate. */
    @Test
    void R05_aStormCostsAQuarterOfTheMedia() {
        int[] all = new int[4096];
        byte[] payload = new byte[1000];
        RtpTransmit out = new RtpTransmit();
        long media = 0;
        long egress = 0;
        // A minute.
        for (int i = 0; i < 6_000; i++) {
            long now = i * 10L * Time.MILLISECOND;
            video.write(VP8, payload, 0, payload.length, i * 900L, false, -1, now);
            for (int j = 0; j < all.length; j++) {
                all[j] = (i * 4096 + j) & 0xffff;
            }
            GenericNack nack = GenericNack.of(1, ssrc, all, all.length);
            dev.yodel.io.ByteWriter bytes = new dev.yodel.io.ByteWriter(nack.size());
            nack.write(bytes);
            pair.a.handleRtcp(bytes.array(), 0, bytes.length(), now);
            while (pair.a.pollTransmit(out, now)) {
                boolean isMedia = !out.rtcp && (out.data[out.offset + 1] & 0x7f) == 96;
                media += isMedia ? out.length : 0;
                egress += out.rtcp ? 0 : out.length;
            }
        }
        assertThat(egress).isGreaterThan(media).isLessThanOrEqualTo(media * 5 / 4);
        assertThat(video.stats().retransmittedBytesSent()).isLessThanOrEqualTo(media / 4);
        assertThat(pair.a.count(RtpCounter.RETRANSMISSION_REFUSED)).isPositive();
    }

    /** R12: RTX of RTX, repetitions of what came, of what is far away, for unknown streams, and empty ones. */
    @Test
    void R12_uselessRetransmissionsAreDropped() {
        send(50);
        pair.eventsOfB.clear();
        for (int sequence = 0; sequence < 65_536; sequence += 7) {
            for (int type : new int[] {97, 98, 96}) {
                byte[] bytes = new byte[12 + (sequence % 5)];
                bytes[0] = (byte) 0x80;
                bytes[1] = (byte) type;
                Bytes.put16(bytes, 2, sequence);
                Bytes.put32(bytes, 8, (int) rtxSsrc);
                if (bytes.length >= 14) {
                    Bytes.put16(bytes, 12, sequence);
                }
                pair.b.handleRtp(bytes, 0, bytes.length, pair.now);
            }
        }
        pair.drain();
        assertThat(pair.of(pair.eventsOfB, ReceivedPacket.class)).isEmpty();
        assertThat(pair.b.count(RtpCounter.RTP_PAYLOAD_TYPE_UNKNOWN)).isPositive();
        assertThat(receiver.stats()).allMatch(stats -> stats.packetsLost() >= 0);
    }

    /** No number of a source is used twice under the same keys, whatever is removed, changed and added again. */
    @Test
    void S07_aRepairStreamUsedAgainContinuesItsNumbers() {
        Set<Long> used = new HashSet<>();
        pair.lose = (bytes, toB) -> {
            int type = bytes[1] & 0x7f;
            if (toB && (type == 96 || type == 97)) {
                assertThat(used.add(Bytes.u32(bytes, 8) << 16 | Bytes.u16(bytes, 2)))
                        .isTrue();
            }
            return toB && used.size() % 7 == 3;
        };
        SendStreamParameters full = video.parameters();
        SendStreamParameters bare = new SendStreamParameters(ssrc, rtxSsrc, "v", null, List.of(VP8), RtpPair.IDS);
        SendStream stream = video;
        byte[] payload = new byte[1000];
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 60; i++) {
                stream.write(VP8, payload, 0, payload.length, i * 3000L, false, -1, pair.now);
                pair.run(pair.now + 10 * Time.MILLISECOND);
            }
            pair.run(pair.now + 300 * Time.MILLISECOND);
            assertThat(stream.stats().retransmittedPacketsSent()).isPositive();
            if (round % 2 == 0) {
                pair.a.updateSendStream(stream, bare);
                pair.a.updateSendStream(stream, full);
            } else {
                pair.a.removeSendStream(stream, pair.now);
                stream = pair.a.addSendStream(full);
                pair.run(pair.now + Time.SECOND);
            }
        }
        assertThat(used.size()).isGreaterThan(380);
    }
}

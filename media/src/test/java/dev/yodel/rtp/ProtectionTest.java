package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Losses repaired by parity between two sessions (RFC 5109 in RED, FlexFEC-03). */
final class ProtectionTest {
    private static final RtpCodec VP8 = new RtpCodec(96, "VP8", 90_000, 1, Map.of(), Set.of("nack", "transport-cc"));
    private static final RtpCodec RTX = new RtpCodec(97, "rtx", 90_000, 1, Map.of("apt", "96"), Set.of());
    private static final RtpCodec SILENT_VP8 = new RtpCodec(96, "VP8", 90_000, 1, Map.of(), Set.of());
    private static final RtpCodec RED = new RtpCodec(118, "red", 90_000, 1);
    private static final RtpCodec RED_RTX = new RtpCodec(119, "rtx", 90_000, 1, Map.of("apt", "118"), Set.of());
    private static final RtpCodec ULPFEC = new RtpCodec(120, "ulpfec", 90_000, 1);
    private static final RtpCodec FLEXFEC = new RtpCodec(121, "flexfec-03", 90_000, 1);

    private final RtpPair pair = new RtpPair(12, 0);
    private final long ssrc = pair.a.newSsrc();
    private final long rtxSsrc = pair.a.newSsrc();
    private final long fecSsrc = pair.a.newSsrc();
    private RtpReceiver receiver = pair.b.addReceiver(RtpPair.audio("a"), 0);
    private int red;

    private SendStream stream(List<RtpCodec> codecs, long rtx, long fec, Set<Long> announced) {
        pair.b.removeReceiver(receiver);
        receiver = pair.b.addReceiver(
                new ReceiveParameters(
                        "v",
                        codecs,
                        announced,
                        rtx == SendStreamParameters.NO_SSRC ? Map.of() : Map.of(ssrc, rtx),
                        List.of(),
                        RtpPair.IDS),
                0);
        return pair.a.addSendStream(new SendStreamParameters(ssrc, rtx, fec, "v", null, codecs, RtpPair.IDS));
    }

    private void send(SendStream video, RtpCodec codec, int frames) {
        Random random = new Random(3);
        int number = 0;
        for (int frame = 0; frame < frames; frame++) {
            int packets = 1 + random.nextInt(6);
            for (int i = 0; i < packets; i++) {
                byte[] payload = new byte[40 + random.nextInt(1000)];
                random.nextBytes(payload);
                Bytes.put32(payload, 0, number++);
                video.write(codec, payload, 0, payload.length, frame * 3000L, i == packets - 1, -1, pair.now);
            }
            pair.run(pair.now + 33 * Time.MILLISECOND);
        }
        pair.run(pair.now + Time.SECOND);
        sent = number;
    }

    private int sent;

    /** What was delivered, each packet once and whole. */
    private Set<Integer> delivered(RtpCodec codec) {
        Set<Integer> seen = new HashSet<>();
        for (ReceivedPacket packet : pair.of(pair.eventsOfB, ReceivedPacket.class)) {
            if (packet.payloadLength > 0) {
                assertThat(packet.codec).isEqualTo(codec);
                assertThat(packet.ssrc).isEqualTo(ssrc);
                assertThat(seen.add(Bytes.i32(packet.data, packet.payloadOffset)))
                        .as("once: %s", packet)
                        .isTrue();
            }
        }
        return seen;
    }

    private void loseOneIn(int times) {
        Random random = new Random(5);
        pair.lose = (bytes, toB) -> {
            red += toB && (bytes[1] & 0x7f) == 118 ? 1 : 0;
            return toB && random.nextInt(times) == 0;
        };
    }

    /** Nothing is asked for again here: parity alone brings most of what is lost. */
    @Test
    void flexfecRebuildsWithoutRepetitions() {
        SendStream video = stream(List.of(SILENT_VP8, FLEXFEC), SendStreamParameters.NO_SSRC, fecSsrc, Set.of(ssrc));
        loseOneIn(20);
        send(video, SILENT_VP8, 1500);
        ReceiveStreamStats stats = receiver.stats().get(0);
        int missing = sent - delivered(SILENT_VP8).size();
        System.out.printf(
                "FlexFEC at 5 %%: %d packets, %d lost, %d rebuilt, %d missing in the end, %d parity packets%n",
                sent,
                stats.packetsLost(),
                stats.rebuiltPackets(),
                missing,
                video.stats().parityPacketsSent());
        // A burst takes what waits for the first report with it.
        assertThat(missing).isLessThan((int) stats.packetsLost() / 3);
        assertThat(stats.rebuiltPackets()).isEqualTo(stats.packetsLost() - missing);
        assertThat(stats.parityPackets()).isPositive();
        assertThat(stats.parityBytes()).isGreaterThan(stats.parityPackets() * 20);
        assertThat(stats.parityDiscarded()).isPositive();
        assertThat(receiver.stats()).hasSize(1);
    }

    /**
     * The same in one stream: its parity has numbers of the media's count, and the wrapped packets can be asked for
     * again.
     */
    @Test
    void ulpfecRebuildsInsideRed() {
        SendStream video =
                stream(List.of(VP8, RTX, RED, RED_RTX, ULPFEC), rtxSsrc, SendStreamParameters.NO_SSRC, Set.of(ssrc));
        loseOneIn(20);
        send(video, VP8, 1500);
        ReceiveStreamStats stats = receiver.stats().get(0);
        assertThat(delivered(VP8).size()).isEqualTo(sent);
        assertThat(red).isGreaterThan(sent);
        assertThat(stats.rebuiltPackets()).isGreaterThan(20);
        assertThat(stats.retransmittedPacketsReceived()).isPositive();
        assertThat(stats.parityPackets()).isPositive();
        assertThat(video.stats().parityPacketsSent()).isGreaterThan(stats.parityPackets());
    }

    /** Without losses parity is not sent, and FlexFEC leaves the media as it is. */
    @Test
    void nothingIsSentWithoutLosses() {
        SendStream video = stream(List.of(VP8, RTX, FLEXFEC), rtxSsrc, fecSsrc, Set.of(ssrc, fecSsrc));
        send(video, VP8, 300);
        assertThat(delivered(VP8).size()).isEqualTo(sent);
        assertThat(video.stats().parityPacketsSent()).isZero();
        assertThat(video.protectionShare()).isZero();
    }

    /** R12: parity for streams that nobody sends, for repair streams, and of sections that have none. */
    @Test
    void R12_parityForOthersIsRefused() {
        SendStream video = stream(List.of(VP8, RTX, FLEXFEC), rtxSsrc, fecSsrc, Set.of(ssrc));
        send(video, VP8, 10);
        byte[] packet = new byte[12 + 40];
        packet[0] = (byte) 0x80;
        packet[1] = 121;
        Bytes.put32(packet, 8, 77);
        packet[12 + 8] = 1;
        packet[12 + 18] = (byte) 0xff;
        for (long of : new long[] {0, 77, 5, rtxSsrc, fecSsrc}) {
            Bytes.put32(packet, 12 + 12, (int) of);
            long before = pair.b.count(RtpCounter.PARITY_REFUSED);
            Bytes.put16(packet, 2, Bytes.u16(packet, 2) + 1);
            pair.b.handleRtp(packet, 0, packet.length, pair.now);
            assertThat(pair.b.count(RtpCounter.PARITY_REFUSED)).isEqualTo(before + 1);
        }
    }

    /** R12: a hundred streams that all send parity hold packets for sixteen. */
    @Test
    void R12_sixteenStreamsHoldPackets() {
        SendStream video = stream(List.of(VP8, RTX, RED, ULPFEC), rtxSsrc, SendStreamParameters.NO_SSRC, Set.of(ssrc));
        send(video, VP8, 1);
        byte[] packet = new byte[12 + 1 + 14 + 10];
        packet[0] = (byte) 0x80;
        packet[1] = 118;
        packet[12] = 120;
        packet[13 + 12] = (byte) 0xc0;
        for (int source = 1; source <= 100; source++) {
            Bytes.put32(packet, 8, source);
            Bytes.put16(packet, 2, 7);
            pair.b.handleRtp(packet, 0, packet.length, pair.now);
        }
        assertThat(pair.b.count(RtpCounter.PARITY_REFUSED)).isEqualTo(100 - ParityInput.MAX_PROTECTED);
    }
}

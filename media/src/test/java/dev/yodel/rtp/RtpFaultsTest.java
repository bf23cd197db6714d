package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.rtp.rtcp.ExtendedReport;
import dev.yodel.rtp.rtcp.FullIntraRequest;
import dev.yodel.rtp.rtcp.Goodbye;
import dev.yodel.rtp.rtcp.PictureLossIndication;
import dev.yodel.rtp.rtcp.ReceiverReport;
import dev.yodel.rtp.rtcp.ReportBlock;
import dev.yodel.rtp.rtcp.RtcpPacket;
import dev.yodel.rtp.rtcp.SenderReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a hostile or broken peer can send after authentication. */
final class RtpFaultsTest {
    private static final RtpCodec PCMU = new RtpCodec(0, "PCMU", 8000, 1);

    private final RtpSession session = new RtpSession(RtpSessionOptions.of("x"), new SeededRandom(5), RtpPair.WALL, 0);

    private static byte[] rtp(long ssrc, int payloadType, int sequence, long timestamp, @Nullable String mid) {
        byte[] bytes = new byte[12 + (mid == null ? 0 : 8 + (mid.length() + 3) / 4 * 4) + 4];
        bytes[0] = (byte) (mid == null ? 0x80 : 0x90);
        bytes[1] = (byte) payloadType;
        Bytes.put16(bytes, 2, sequence);
        Bytes.put32(bytes, 4, (int) timestamp);
        Bytes.put32(bytes, 8, (int) ssrc);
        if (mid != null) {
            HeaderExtensionWriter writer = new HeaderExtensionWriter();
            writer.begin(bytes, 12, false);
            writer.element(4, mid.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            int length = writer.finish();
            return java.util.Arrays.copyOf(bytes, 12 + length + 4);
        }
        return bytes;
    }

    private void feed(byte[] packet, long now) {
        session.handleRtp(packet, 0, packet.length, now);
    }

    private void feed(RtcpPacket packet, long now) {
        ByteWriter out = new ByteWriter(packet.size());
        packet.write(out);
        session.handleRtcp(out.array(), 0, out.length(), now);
    }

    private List<RtpEvent> events() {
        List<RtpEvent> result = new ArrayList<>();
        for (RtpEvent event = session.pollEvent(); event != null; event = session.pollEvent()) {
            result.add(event instanceof ReceivedPacket packet ? RtpPair.copy(packet) : event);
        }
        return result;
    }

    private int drainTransmits() {
        RtpTransmit out = new RtpTransmit();
        int count = 0;
        while (session.pollTransmit(out, 0)) {
            count++;
        }
        return count;
    }

    /** Report blocks with every kind of lie: counts stay in their ranges, round trips within 0 to 60 s. */
    @Test
    void R07_reportsAreClamped() {
        SendStream stream = session.addSendStream(RtpPair.audioSend(session, "0"));
        for (int i = 0; i < 10; i++) {
            stream.write(new byte[20], 0, 20, i * 960L, false, i);
        }
        session.handleTimeout(5 * Time.SECOND);
        drainTransmits();
        long[] extremes = {0, 1, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL, 0x7f_ffffL, 65_536};
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            ReportBlock block = new ReportBlock(
                    stream.ssrc(),
                    random.nextInt(256),
                    random.nextInt(1 << 24) << 8 >> 8,
                    pick(random, extremes),
                    pick(random, extremes),
                    pick(random, extremes),
                    pick(random, extremes));
            long now = 6 * Time.SECOND + i * Time.MILLISECOND;
            feed(
                    random.nextBoolean()
                            ? new ReceiverReport(77, List.of(block))
                            : new SenderReport(
                                    78,
                                    random.nextLong(),
                                    pick(random, extremes),
                                    pick(random, extremes),
                                    1,
                                    List.of(block)),
                    now);
            for (RtpEvent event : events()) {
                if (event instanceof RtpEvent.RoundTripMeasured measured) {
                    assertThat(measured.rttNanos()).as("seed 7 step %d", i).isBetween(0L, 60 * Time.SECOND);
                }
            }
            SendStreamStats.RemoteInbound remote =
                    java.util.Objects.requireNonNull(stream.stats().remote());
            assertThat(remote.packetsLost()).as("seed 7 step %d", i).isBetween(0L, 10L);
            assertThat(remote.packetsReceived()).isBetween(0L, 10L);
            assertThat(remote.fractionLost()).isBetween(0.0, 1.0);
            assertThat(remote.jitterSeconds()).isGreaterThanOrEqualTo(0);
            assertThat(remote.roundTripTimeSeconds()).isBetween(-1.0, 60.0);
            assertThat(remote.totalRoundTripTimeSeconds()).isBetween(0.0, 60.0 * remote.roundTripTimeMeasurements());
        }
        assertThat(session.count(RtpCounter.RTCP_ROUND_TRIP_IMPLAUSIBLE)).isPositive();
    }

    private static long pick(Random random, long[] extremes) {
        return random.nextInt(3) == 0 ? random.nextInt() & 0xffff_ffffL : extremes[random.nextInt(extremes.length)];
    }

    /** Sender reports from the far future and reference times of liars change no count below zero either. */
    @Test
    void R07_senderReportsFromTheFutureAreOnlyReported() {
        session.addReceiver(RtpPair.audio("0"), 0);
        feed(rtp(9, 111, 1, 0, "0"), 0);
        for (long ntp : new long[] {0, -1L, Long.MAX_VALUE, Long.MIN_VALUE, 1}) {
            feed(new SenderReport(9, ntp, 0xffff_ffffL, 0xffff_ffffL, 0xffff_ffffL, List.of()), 10);
            feed(
                    new ExtendedReport(9, ntp, List.of(new ExtendedReport.Delay(1, ntp & 0xffff_ffffL, 0xffff_ffffL))),
                    10);
        }
        session.handleTimeout(Time.SECOND);
        assertThat(drainTransmits()).isPositive();
        assertThat(events().stream().filter(RtpEvent.SenderReportReceived.class::isInstance))
                .hasSize(5);
    }

    @Test
    void R08_goodbyeEndsAStreamAndStragglersDoNotReviveIt() {
        RtpReceiver receiver = session.addReceiver(RtpPair.audio("0"), 0);
        feed(rtp(9, 111, 1, 0, "0"), 0);
        feed(new Goodbye(List.of(9L, 12345L), "bye"), 10);
        feed(new Goodbye(List.of(9L), null), 11);
        feed(rtp(9, 111, 2, 960, null), 20 * Time.MILLISECOND);
        assertThat(events().stream().map(Object::getClass).map(Class::getSimpleName))
                .containsExactly("StreamStarted", "ReceivedPacket", "StreamEnded");
        assertThat(session.count(RtpCounter.RTP_AFTER_BYE)).isEqualTo(1);
        assertThat(receiver.sources()).isEmpty();
        // What it counted stays readable when the peer has hung up.
        assertThat(receiver.stats())
                .singleElement()
                .satisfies(last -> assertThat(last.active()).isFalse())
                .satisfies(last -> assertThat(last.packetsReceived()).isEqualTo(1));
        // Later the source may come back (a sender that was stopped and started).
        feed(rtp(9, 111, 3, 1920, null), Time.SECOND);
        assertThat(events().stream().map(Object::getClass).map(Class::getSimpleName))
                .containsExactly("StreamStarted", "ReceivedPacket");
    }

    @Test
    void R08_aCollisionChangesTheSourceOnceAndALoopIsDropped() {
        session.addReceiver(RtpPair.audio("0"), 0);
        SendStream stream = session.addSendStream(RtpPair.audioSend(session, "0"));
        stream.write(new byte[4], 0, 4, 0, false, 0);
        drainTransmits();
        long old = stream.ssrc();
        feed(rtp(old, 111, 7, 0, "0"), 10);
        RtpEvent.SsrcChanged changed = (RtpEvent.SsrcChanged) events().get(0);
        assertThat(changed.oldSsrc()).isEqualTo(old);
        assertThat(changed.newSsrc()).isEqualTo(stream.ssrc()).isNotEqualTo(old);
        assertThat(drainTransmits()).as("a BYE for the old source").isEqualTo(1);
        stream.write(new byte[4], 0, 4, 960, false, 20);
        assertThat(drainTransmits()).isEqualTo(1);
        // Our own packets come back: a loop.
        for (int i = 0; i < 100; i++) {
            feed(rtp(stream.ssrc(), 111, 8 + i, 0, "0"), 30 + i);
        }
        assertThat(events()).isEmpty();
        assertThat(drainTransmits()).isZero();
        assertThat(stream.ssrc()).isEqualTo(changed.newSsrc());
        assertThat(stream.parameters().ssrc()).isEqualTo(changed.newSsrc());
        assertThat(stream.stats().packetsSent()).as("counts begin anew").isEqualTo(1);
        assertThat(session.count(RtpCounter.RTP_OWN_SSRC)).isEqualTo(101);
        // After the collision the old source is the peer's.
        feed(rtp(old, 111, 9, 0, "0"), 200);
        assertThat(events()).hasSize(2);
        // Our own reports coming back change nothing.
        feed(new SenderReport(stream.ssrc(), 1, 1, 1, 1, List.of()), 300);
        feed(new Goodbye(List.of(stream.ssrc()), null), 300);
        assertThat(events()).isEmpty();
        assertThat(session.count(RtpCounter.RTCP_OWN_SSRC)).isEqualTo(2);
    }

    @Test
    void R13_packetsGoWhereMidSourceAndPayloadTypeSay() {
        ReceiveParameters zero = new ReceiveParameters("0", List.of(RtpPair.OPUS), Set.of(100L), RtpPair.IDS);
        ReceiveParameters one = new ReceiveParameters("1", List.of(RtpPair.OPUS, PCMU), Set.of(), RtpPair.IDS);
        int first = session.addReceiver(zero, 0).id();
        int second = session.addReceiver(one, 0).id();
        // MID wins over the announced source; unknown MIDs are dropped; then the source is bound.
        assertThat(receiverOf(rtp(1, 111, 1, 0, "1"))).isEqualTo(second);
        assertThat(receiverOf(rtp(1, 111, 2, 0, null))).isEqualTo(second);
        assertThat(receiverOf(rtp(100, 111, 1, 0, null))).isEqualTo(first);
        assertThat(receiverOf(rtp(100, 111, 2, 0, "1"))).isEqualTo(second);
        assertThat(receiverOf(rtp(100, 111, 3, 0, null))).isEqualTo(second);
        assertThat(receiverOf(rtp(2, 111, 1, 0, "nope"))).isEqualTo(-1);
        assertThat(session.count(RtpCounter.RTP_UNROUTED)).isEqualTo(1);
        // Only the second section has PCMU; both have Opus.
        assertThat(receiverOf(rtp(3, 0, 1, 0, null))).isEqualTo(second);
        assertThat(receiverOf(rtp(4, 111, 1, 0, null))).isEqualTo(-1);
        assertThat(receiverOf(rtp(1, 96, 3, 0, null))).isEqualTo(-1);
        assertThat(session.count(RtpCounter.RTP_PAYLOAD_TYPE_UNKNOWN)).isEqualTo(1);
        assertThat(receiverOf(rtp(100, 0, 4, 0, "0")))
                .as("PCMU is not negotiated in 0")
                .isEqualTo(-1);
    }

    private int receiverOf(byte[] packet) {
        feed(packet, 0);
        for (RtpEvent event : events()) {
            if (event instanceof ReceivedPacket received) {
                return received.receiverId;
            }
        }
        return -1;
    }

    @Test
    void R13_receiversRidsAndSourcesAreBounded() {
        for (int i = 0; i < 64; i++) {
            session.addReceiver(RtpPair.audio("m" + i), 0);
        }
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> session.addReceiver(RtpPair.audio("x"), 0))
                .isInstanceOf(IllegalStateException.class);
        List<String> rids = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            rids.add("r" + i);
        }
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> new ReceiveParameters("0", List.of(RtpPair.OPUS), Set.of(), Map.of(), rids, RtpPair.IDS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** S04 on this side: 20,000 sources of an authenticated peer cost at most 1,024 streams, and announced ones stay. */
    @Test
    void R13_aFloodOfSourcesEvictsOnlyTheUnannounced() {
        RtpReceiver receiver =
                session.addReceiver(new ReceiveParameters("0", List.of(RtpPair.OPUS), Set.of(100L), RtpPair.IDS), 0);
        feed(rtp(100, 111, 1, 0, null), 0);
        int ended = 0;
        for (int i = 0; i < 20_000; i++) {
            feed(rtp(1_000 + i, 111, 1, 0, "0"), 10 + i);
            for (RtpEvent event : events()) {
                ended += event instanceof RtpEvent.StreamEnded ? 1 : 0;
            }
        }
        assertThat(receiver.stats()).hasSize(1024);
        assertThat(ended).isEqualTo(20_000 - 1023);
        feed(rtp(100, 111, 2, 960, null), 50_000);
        assertThat(receiver.stats().get(0).packetsReceived()).isEqualTo(2);
        // Reports about so many sources stay within their bound.
        session.handleTimeout(10 * Time.SECOND);
        assertThat(drainTransmits()).isLessThanOrEqualTo(6);
    }

    @Test
    void R06_keyFrameRequestsAreThinnedOut() {
        SendStream stream = session.addSendStream(RtpPair.audioSend(session, "0"));
        int passed = 0;
        for (int i = 0; i < 10_000; i++) {
            long now = i * Time.MILLISECOND / 10;
            if (i % 2 == 0) {
                feed(new PictureLossIndication(1, stream.ssrc()), now);
            } else {
                feed(new FullIntraRequest(1, List.of(new FullIntraRequest.Entry(stream.ssrc(), i & 255))), now);
            }
            passed += events().size();
        }
        assertThat(passed).isEqualTo(4);
        feed(new FullIntraRequest(1, List.of(new FullIntraRequest.Entry(stream.ssrc(), 9_999 & 255))), 5 * Time.SECOND);
        assertThat(events()).as("a repeated command").isEmpty();
        feed(new PictureLossIndication(1, 424_242), 6 * Time.SECOND);
        assertThat(events()).as("not ours").isEmpty();
    }

    /** Whatever an authenticated peer sends: no exception, no event without a packet, the next packet is handled. */
    @Test
    void R03_R01_fuzzOfTheWholeSession() {
        RtpReceiver receiver = session.addReceiver(RtpPair.audio("0"), 0);
        SendStream stream = session.addSendStream(RtpPair.audioSend(session, "0"));
        stream.write(new byte[4], 0, 4, 0, false, 0);
        List<byte[]> seeds = List.of(
                Fixture.bytes("rtp-opus-extensions"),
                Fixture.bytes("rtp-two-byte-extension"),
                Fixture.bytes("rtp-csrc"),
                Fixture.bytes("rtcp-compound"),
                Fixture.bytes("rtcp-nack"),
                Fixture.bytes("rtcp-xr"),
                Fixture.bytes("rtcp-twcc"));
        for (int seed = 0; seed < 40_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
            for (int i = random.nextInt(5); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            if (random.nextInt(4) == 0 && bytes.length >= 12) {
                Bytes.put32(bytes, 8, (int) stream.ssrc());
            }
            int length = random.nextInt(8) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
            long now = seed * 100_000L;
            if (random.nextBoolean()) {
                session.handleRtp(bytes, 0, length, now);
            } else {
                session.handleRtcp(bytes, 0, length, now);
            }
            if (seed % 16 == 0) {
                session.handleTimeout(now);
                events();
                drainTransmits();
            }
        }
        events();
        long before =
                receiver.stats().stream().filter(stats -> stats.ssrc() == 31337).count();
        assertThat(before).isZero();
        feed(rtp(31_337, 111, 1, 0, "0"), 10 * Time.SECOND);
        assertThat(events()).hasSize(2);
    }

    /** F19 and R09 for reports: NTP times follow the monotonic clock from one anchor, through the era of 2036. */
    @Test
    void F19_reportsFollowTheMonotonicClock() {
        NtpClock clock = new NtpClock(RtpPair.WALL, -7);
        long first = clock.at(-7);
        assertThat((first >>> 32) - 2_208_988_800L).isEqualTo(RtpPair.WALL / 1000);
        assertThat(clock.at(Time.SECOND / 2 - 7) - first).isEqualTo(1L << 31);
        assertThat(clock.at(86_400 * Time.SECOND - 7) - first).isEqualTo(86_400L << 32);
        // 2036-02-07T06:28:15Z is the last second of the era.
        NtpClock era = new NtpClock(2_085_978_495_000L, 0);
        assertThat(era.at(0) >>> 32).isEqualTo(0xffff_ffffL);
        assertThat(era.at(Time.SECOND) >>> 32).isZero();
        RoundTrip roundTrip = new RoundTrip();
        int sent = NtpClock.compact(era.at(0));
        int arrived = NtpClock.compact(era.at(3 * Time.SECOND));
        assertThat(roundTrip.measure(arrived, sent & 0xffff_ffffL, NtpClock.nanosToCompact(2 * Time.SECOND)))
                .isEqualTo(Time.SECOND);
        assertThat(roundTrip.measure(sent, arrived & 0xffff_ffffL, 0))
                .as("before it was sent")
                .isEqualTo(-1);
        assertThat(NtpClock.nanosToCompact(Time.NEVER)).isEqualTo(0xffff_ffffL);
    }

    @Test
    void silentStreamsEndAfterAMinuteAndMayComeBack() {
        session.addReceiver(RtpPair.audio("0"), 0);
        feed(rtp(9, 111, 1, 0, "0"), 0);
        events();
        session.handleTimeout(59 * Time.SECOND);
        assertThat(events()).isEmpty();
        session.handleTimeout(60 * Time.SECOND);
        assertThat(events()).containsExactly(new RtpEvent.StreamEnded(2 - 1, 9, RtpEvent.EndReason.TIMEOUT));
        feed(rtp(9, 111, 2, 0, null), 61 * Time.SECOND);
        assertThat(events()).hasSize(2);
    }

    @Test
    void localMisuseSaysWhatToDo() {
        SendStream stream = session.addSendStream(RtpPair.audioSend(session, "0"));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> session.addSendStream(stream.parameters()))
                .hasMessageContaining("newSsrc");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> stream.write(new byte[1600], 0, 1600, 0, false, 0))
                .hasMessageContaining("packetize");
        session.removeSendStream(stream, 0);
        session.removeSendStream(stream, 0);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> stream.write(new byte[1], 0, 1, 0, false, 0))
                .hasMessageContaining("add another");
        session.close(1);
        session.close(2);
        assertThat(session.nextTimeout()).isEqualTo(Time.NEVER);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> session.addReceiver(RtpPair.audio("0"), 0))
                .hasMessageContaining("closed");
        feed(rtp(9, 111, 1, 0, "0"), 3);
        assertThat(events()).isEmpty();
    }
}

package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import dev.yodel.rtp.rtcp.ReceiverReport;
import dev.yodel.rtp.rtcp.RtcpCompound;
import dev.yodel.rtp.rtcp.RtcpPacket;
import dev.yodel.rtp.rtcp.SenderReport;
import dev.yodel.rtp.rtcp.SourceDescription;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Intervals in virtual time. */
final class RtcpScheduleTest {
    private static List<Double> intervals(long seed, int members, int senders, boolean weSent, int reports) {
        RtcpSchedule schedule = new RtcpSchedule(RtpSessionOptions.of("x"), new SeededRandom(seed));
        schedule.start(0);
        List<Double> result = new ArrayList<>();
        long last = 0;
        while (result.size() < reports) {
            long now = schedule.next();
            schedule.population(members, senders, weSent);
            if (schedule.due(now)) {
                schedule.onPacket(100, 1);
                schedule.onReported(now);
                result.add((now - last) / 1e9);
                last = now;
            }
        }
        return result;
    }

    /** RFC 3550 6.3.1: uniform between half and one and a half of Td, reconsidered, divided by e - 3/2. */
    @Test
    void intervalsAreRandomAroundASecond() {
        for (long seed = 1; seed <= 5; seed++) {
            List<Double> all = intervals(seed, 2, 2, true, 4000);
            double first = all.remove(0);
            double mean = all.stream().mapToDouble(x -> x).average().orElseThrow();
            double least = all.stream().mapToDouble(x -> x).min().orElseThrow();
            double most = all.stream().mapToDouble(x -> x).max().orElseThrow();
            assertThat(first).as("seed %d, the first interval is halved", seed).isBetween(0.2, 0.62);
            assertThat(least).as("seed %d", seed).isGreaterThan(0.41);
            assertThat(most).as("seed %d", seed).isLessThan(1.2316);
            assertThat(mean).as("seed %d", seed).isBetween(0.85, 1.05);
        }
    }

    /** RFC 3550 6.2: the interval grows with the members so that the share of the bandwidth holds. */
    @Test
    void manyMembersShareTheBandwidth() {
        int members = 1000;
        List<Double> all = intervals(3, members, members, true, 3000);
        double mean = all.stream().mapToDouble(x -> x).average().orElseThrow();
        // 1000 members x 128 bytes at 6,250 bytes a second.
        assertThat(mean).isBetween(0.9 * 20.5, 1.1 * 20.5);
        List<Double> few = intervals(3, members, 2, false, 1000);
        double receivers = few.stream().mapToDouble(x -> x).average().orElseThrow();
        assertThat(receivers).as("receivers get three quarters").isBetween(1.2 * 20.5, 1.45 * 20.5);
    }

    @Test
    void lateAndRepeatedCallsAreHarmless() {
        RtcpSchedule schedule = new RtcpSchedule(RtpSessionOptions.of("x"), new SeededRandom(1));
        assertThat(schedule.next()).isEqualTo(Time.NEVER);
        assertThat(schedule.due(5)).isFalse();
        schedule.start(0);
        long due = schedule.next();
        schedule.start(10);
        assertThat(schedule.next()).isEqualTo(due);
        assertThat(schedule.due(due - 1)).isFalse();
        schedule.onMembersLeft(10, 5, 0);
        assertThat(schedule.next()).isEqualTo(due / 2);
    }

    /** RFC 3550 6.1: every regular datagram begins with a report and has a CNAME, whatever there is to say. */
    @Test
    void everyRegularDatagramIsAProperCompound() {
        RtpPair pair =
                new RtpPair(4, 0, RtpSessionOptions.of("alice").withReceiverRtt(true), RtpSessionOptions.of("bob"));
        List<SendStream> streams = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            SendStreamParameters parameters = RtpPair.audioSend(pair.a, "a" + i);
            streams.add(pair.a.addSendStream(parameters));
            pair.b.addReceiver(RtpPair.audio("a" + i), 0);
            pair.a.addReceiver(RtpPair.audio("b" + i), 0);
        }
        List<SendStream> back = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            back.add(pair.b.addSendStream(RtpPair.audioSend(pair.b, "b" + i)));
        }
        for (int i = 0; i < 200; i++) {
            for (SendStream stream : streams) {
                stream.write(new byte[10], 0, 10, i * 960L, false, pair.now);
            }
            for (SendStream stream : back) {
                stream.write(new byte[10], 0, 10, i * 960L, false, pair.now);
            }
            pair.run(pair.now + 20 * Time.MILLISECOND);
        }
        assertThat(pair.rtcpOfA.size()).isBetween(6, 60);
        int blocks = 0;
        for (byte[] bytes : pair.rtcpOfA) {
            assertThat(bytes.length).isLessThanOrEqualTo(1200);
            RtcpCompound compound = RtcpCompound.parse(bytes, 0, bytes.length);
            assertThat(compound.malformed()).isZero();
            RtcpPacket first = compound.packets().get(0);
            assertThat(first instanceof SenderReport || first instanceof ReceiverReport)
                    .isTrue();
            List<String> names = new ArrayList<>();
            for (RtcpPacket packet : compound.packets()) {
                if (packet instanceof SourceDescription description) {
                    description.chunks().forEach(chunk -> names.add(chunk.cname()));
                } else if (packet instanceof SenderReport report) {
                    blocks += report.blocks().size();
                } else if (packet instanceof ReceiverReport report) {
                    blocks += report.blocks().size();
                }
            }
            assertThat(names).isNotEmpty().containsOnly("alice");
        }
        assertThat(blocks).isGreaterThanOrEqualTo(80);
        for (SendStream stream : back) {
            assertThat(stream.stats().remote()).isNotNull();
            assertThat(stream.stats().remote().packetsLost()).isZero();
        }
        for (SendStream stream : streams) {
            assertThat(stream.stats().reportsSent()).isPositive();
        }
    }

    @Test
    void receiversMeasureTheRoundTripToo() {
        RtpPair pair = new RtpPair(
                6,
                0,
                RtpSessionOptions.of("alice").withReceiverRtt(true),
                RtpSessionOptions.of("bob").withReceiverRtt(true));
        SendStream voice = pair.a.addSendStream(RtpPair.audioSend(pair.a, "0"));
        RtpReceiver receiver = pair.b.addReceiver(RtpPair.audio("0"), 0);
        for (int i = 0; i < 300; i++) {
            voice.write(new byte[10], 0, 10, i * 960L, false, pair.now);
            pair.run(pair.now + 20 * Time.MILLISECOND);
        }
        ReceiveStreamStats.RemoteOutbound remote =
                java.util.Objects.requireNonNull(receiver.stats().get(0).remote());
        assertThat(remote.roundTripTimeMeasurements()).isPositive();
        assertThat(remote.roundTripTimeSeconds()).isBetween(0.049, 0.052);
    }
}

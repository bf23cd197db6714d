package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a packet costs in heap, and what a day does to numbers. */
final class RtpSessionCostTest {
    private static final int WARM_UP = 3_000;
    private static final int COUNTED = 20_000;

    private final RtpTransmit out = new RtpTransmit();

    /** One packet through both sessions, copied like a datagram into an array that is used again. */
    private boolean carry(RtpSession from, RtpSession to, byte[] wire, long now) {
        boolean any = false;
        while (from.pollTransmit(out, now)) {
            System.arraycopy(out.data, out.offset, wire, 0, out.length);
            if (out.rtcp) {
                to.handleRtcp(wire, 0, out.length, now);
            } else {
                to.handleRtp(wire, 0, out.length, now);
            }
            any = true;
        }
        return any;
    }

    @Test
    void sendingRelayingAndReceivingMakeNoGarbage() {
        RtpSession a = new RtpSession(RtpSessionOptions.of("a"), new SeededRandom(1), RtpPair.WALL, 0);
        RtpSession b = new RtpSession(RtpSessionOptions.of("b"), new SeededRandom(2), RtpPair.WALL, 0);
        SendStream voice = a.addSendStream(RtpPair.audioSend(a, "0"));
        b.addReceiver(RtpPair.audio("0"), 0);
        SendStream echo = b.addSendStream(RtpPair.audioSend(b, "1"));
        a.addReceiver(RtpPair.audio("1"), 0);
        byte[] payload = new byte[120];
        byte[] wire = new byte[1500];
        long before = 0;
        long back = 0;
        for (int i = 0; i < WARM_UP + COUNTED; i++) {
            if (i == WARM_UP) {
                before = Allocations.bytes();
            }
            long now = i * 20L * Time.MILLISECOND;
            voice.write(RtpPair.OPUS, payload, 0, payload.length, i * 960L, false, 20, now);
            carry(a, b, wire, now);
            for (RtpEvent event = b.pollEvent(); event != null; event = b.pollEvent()) {
                if (event instanceof ReceivedPacket packet) {
                    echo.relay(packet, now);
                }
            }
            carry(b, a, wire, now);
            for (RtpEvent event = a.pollEvent(); event != null; event = a.pollEvent()) {
                back++;
            }
        }
        long cost = Allocations.bytes() - before;
        assertThat(back).isEqualTo(WARM_UP + COUNTED + 1);
        assertThat(cost)
                .as("bytes of heap for %d packets there and back", COUNTED)
                .isLessThan(COUNTED);
    }

    /** Two hours at 50 packets a second: 5 sequence wraps, and a timestamp wrap after a minute. */
    @Test
    void R09_F32_twoHoursOfAudioHaveNoGap() {
        noGap(2);
    }

    /** Three days: 198 sequence wraps, 3 timestamp wraps, 4,050 abs-send-time wraps. */
    @Test
    @Tag("long")
    void R09_F32_threeDaysOfAudioHaveNoGap() {
        noGap(72);
    }

    /** The random offset that a session with seed 1 adds to timestamps. */
    private long timestampOffset() {
        RtpSession a = new RtpSession(RtpSessionOptions.of("a"), new SeededRandom(1), RtpPair.WALL, 0);
        a.addSendStream(RtpPair.audioSend(a, "0")).write(new byte[1], 0, 1, 0, false, 0);
        a.pollTransmit(out, 0);
        return dev.yodel.io.Bytes.u32(out.data, out.offset + 4);
    }

    private void noGap(int hours) {
        RtpSession a = new RtpSession(RtpSessionOptions.of("a"), new SeededRandom(1), RtpPair.WALL, 0);
        RtpSession b = new RtpSession(RtpSessionOptions.of("b"), new SeededRandom(2), RtpPair.WALL, 0);
        SendStream voice = a.addSendStream(RtpPair.audioSend(a, "0"));
        RtpReceiver receiver = b.addReceiver(RtpPair.audio("0"), 0);
        long base = 0xffff_ffffL - timestampOffset() - 3000 * 960L;
        byte[] payload = new byte[20];
        byte[] wire = new byte[1500];
        long count = hours * 3600L * 50;
        long last = -1;
        long started = 0;
        for (long i = 0; i < count; i++) {
            long now = i * 20L * Time.MILLISECOND;
            voice.write(RtpPair.OPUS, payload, 0, payload.length, base + i * 960L, false, -1, now);
            carry(a, b, wire, now);
            for (RtpEvent event = b.pollEvent(); event != null; event = b.pollEvent()) {
                if (event instanceof ReceivedPacket packet) {
                    if (last >= 0 && packet.sequence != last + 1) {
                        throw new AssertionError("a gap at packet " + i);
                    }
                    last = packet.sequence;
                } else if (event instanceof RtpEvent.StreamStarted || event instanceof RtpEvent.StreamEnded) {
                    started++;
                }
            }
            if (now >= a.nextTimeout()) {
                a.handleTimeout(now);
                carry(a, b, wire, now);
            }
            if (now >= b.nextTimeout()) {
                b.handleTimeout(now);
                carry(b, a, wire, now);
                for (RtpEvent event = a.pollEvent(); event != null; event = a.pollEvent()) {
                    assertThat(event).isInstanceOfAny(RtpEvent.RoundTripMeasured.class, RtpEvent.TargetBitrate.class);
                }
            }
        }
        assertThat(started).isEqualTo(1);
        ReceiveStreamStats stats = receiver.stats().get(0);
        assertThat(stats.packetsReceived()).isEqualTo(count);
        assertThat(stats.packetsLost()).isZero();
        assertThat(stats.jitterSeconds()).isLessThan(0.001);
        SendStreamStats.RemoteInbound remote = voice.stats().remote();
        assertThat(remote).isNotNull();
        assertThat(remote.packetsLost()).isZero();
        assertThat(remote.fractionLost()).isZero();
        assertThat(remote.roundTripTimeSeconds()).isBetween(0.0, 0.001);
    }
}

package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.rtp.payload.Depacketizer;
import dev.yodel.rtp.payload.FrameAssembler;
import dev.yodel.rtp.payload.Packetizer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A thousand packets of video a second for days: every number that can wrap does so, and no picture is missing (F32). */
final class LongVideoTest {
    private static final int FRAMES_PER_SECOND = 40;
    private static final int PACKETS_PER_FRAME = 25;
    private static final int PAYLOAD = 44;
    private static final RtpCodec VP8 =
            new RtpCodec(96, "VP8", 90_000, 1, Map.of(), Set.of("nack", "nack pli", "transport-cc"));

    private final RtpTransmit out = new RtpTransmit();
    private final byte[] wire = new byte[2_000];

    private void carry(RtpSession from, RtpSession to, long now) {
        while (from.pollTransmit(out, now)) {
            System.arraycopy(out.data, out.offset, wire, 0, out.length);
            if (out.rtcp) {
                to.handleRtcp(wire, 0, out.length, now);
            } else {
                to.handleRtp(wire, 0, out.length, now);
            }
            if (to == receiver) {
                takeEvents();
            }
        }
    }

    private final RtpSession receiver = new RtpSession(RtpSessionOptions.of("b"), new SeededRandom(2), RtpPair.WALL, 0);
    private final FrameAssembler assembler = new FrameAssembler(Objects.requireNonNull(Depacketizer.of(VP8)), 1 << 16);
    private long expectedFrame;
    private long lastSequence = -1;
    private int started;

    private void takeEvents() {
        for (RtpEvent event = receiver.pollEvent(); event != null; event = receiver.pollEvent()) {
            if (event instanceof ReceivedPacket packet) {
                if (lastSequence >= 0 && packet.sequence != lastSequence + 1) {
                    throw new AssertionError("a gap behind packet " + lastSequence);
                }
                lastSequence = packet.sequence;
                assembler.push(
                        packet.sequence,
                        packet.rtpTimestamp,
                        packet.marker,
                        packet.data,
                        packet.payloadOffset,
                        packet.payloadLength);
            } else if (event instanceof RtpEvent.StreamStarted || event instanceof RtpEvent.StreamEnded) {
                started++;
            }
        }
        for (FrameAssembler.Frame frame = assembler.poll(); frame != null; frame = assembler.poll()) {
            if (Bytes.i64(frame.data(), 10) != expectedFrame) {
                throw new AssertionError("frame " + Bytes.i64(frame.data(), 10) + " instead of " + expectedFrame);
            }
            expectedFrame++;
        }
    }

    /** 2 sequence wraps of packets and transport-wide numbers, and the send time's. */
    @Test
    void F32_minutesOfVideoHaveNoGap() {
        noGap(140);
    }

    /** 3,955 sequence wraps, 5 timestamp wraps, 316 picture identifier wraps, 4,050 abs-send-time wraps. */
    @Test
    @Tag("long")
    void F32_threeDaysOfVideoHaveNoGap() {
        noGap(72 * 3_600L);
    }

    private void noGap(long seconds) {
        RtpSession sender = new RtpSession(RtpSessionOptions.of("a"), new SeededRandom(1), RtpPair.WALL, 0);
        SendStream stream =
                sender.addSendStream(new SendStreamParameters(sender.newSsrc(), "0", List.of(VP8), RtpPair.IDS));
        receiver.addReceiver(new ReceiveParameters("0", List.of(VP8), Set.of(), RtpPair.IDS), 0);
        Packetizer packetizer = Objects.requireNonNull(Packetizer.of(VP8, 32_000));
        byte[] frame = new byte[PACKETS_PER_FRAME * (PAYLOAD - 4)];
        byte[] payload = new byte[PAYLOAD];
        long frames = seconds * FRAMES_PER_SECOND;
        for (long i = 0; i < frames; i++) {
            frame[0] = (byte) (i == 0 ? 0x10 : 0x11);
            Bytes.put64(frame, 10, i);
            long start = i * Time.SECOND / FRAMES_PER_SECOND;
            int packets = packetizer.begin(frame, 0, frame.length, PAYLOAD, false);
            for (int p = 0; p < packets; p++) {
                long now = start + p * Time.MILLISECOND;
                int length = packetizer.next(payload, 0);
                stream.write(VP8, payload, 0, length, i * 90_000 / FRAMES_PER_SECOND, p == packets - 1, -1, now);
                carry(sender, receiver, now);
                if (now >= sender.nextTimeout()) {
                    sender.handleTimeout(now);
                    carry(sender, receiver, now);
                }
                if (now >= receiver.nextTimeout()) {
                    receiver.handleTimeout(now);
                    carry(receiver, sender, now);
                }
                RtpEvent news = sender.pollEvent();
                while (news != null) {
                    assertThat(news).isInstanceOfAny(RtpEvent.RoundTripMeasured.class, RtpEvent.TargetBitrate.class);
                    news = sender.pollEvent();
                }
            }
        }
        long end = seconds * Time.SECOND;
        for (long now = end; now < end + Time.SECOND; now += Time.MILLISECOND) {
            sender.handleTimeout(now);
            carry(sender, receiver, now);
        }
        assertThat(expectedFrame).isEqualTo(frames);
        assertThat(started).isEqualTo(1);
        assertThat(assembler.framesDropped()).isZero();
        assertThat(assembler.malformed()).isZero();
    }
}

package dev.yodel.webrtc.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.yodel.io.Bytes;
import dev.yodel.io.Loop;
import dev.yodel.io.Time;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.media.loop.MediaClock;
import dev.yodel.rtp.HeaderExtensionIds;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.RtpSession;
import dev.yodel.rtp.RtpSessionOptions;
import dev.yodel.rtp.RtpTransmit;
import dev.yodel.rtp.SendStream;
import dev.yodel.rtp.SendStreamParameters;
import dev.yodel.webrtc.MediaKind;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Packets between two real loops. */
class LoopCrossingTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final RtpCodec VP8 = new RtpCodec(96, "VP8", 90_000, 1, Map.of(), Set.of());
    private static final boolean LONG = Boolean.getBoolean("yodel.long");
    private static final int PAYLOAD = 1_100;

    private final NioEnvironment environment = NioEnvironment.builder().loops(2).start();
    private final Loop source = environment.loops().get(0);
    private final Loop other = environment.loops().get(1);
    private final PacketArrival arrival = new PacketArrival();

    @AfterEach
    void close() {
        environment.close();
    }

    private static <T> T on(Loop loop, Callable<T> task) throws Exception {
        CompletableFuture<T> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                done.complete(task.call());
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        return done.get(30, TimeUnit.SECONDS);
    }

    /** VP8 in one packet, with a picture identifier of 15 bits, behind room that belongs to somebody else. */
    private static ReceivedPacket packet() {
        ReceivedPacket packet = new ReceivedPacket();
        packet.data = new byte[100 + 12 + PAYLOAD];
        packet.packetOffset = 100;
        packet.packetLength = 12 + PAYLOAD;
        packet.headerLength = 12;
        packet.payloadOffset = 112;
        packet.payloadLength = PAYLOAD;
        packet.ssrc = 77;
        packet.codec = VP8;
        packet.marker = true;
        packet.data[112] = (byte) 0x90;
        packet.data[113] = (byte) 0x80;
        return packet;
    }

    private static void number(ReceivedPacket packet, long number) {
        packet.sequence = number;
        packet.rtpTimestamp = (number * 3_000) & 0xffff_ffffL;
        packet.arrivalNanos = number * Time.MILLISECOND;
        packet.data[114] = (byte) (0x80 | ((number >> 8) & 0x7f));
        packet.data[115] = (byte) number;
        packet.data[116] = (byte) (number % 30 == 1 ? 0x10 : 0x11);
        Bytes.put64(packet.data, 200, number);
    }

    private record Seen(int array, long sequence, long content, int payloadOffset) {
        static Seen of(ReceivedPacket packet) {
            return new Seen(
                    System.identityHashCode(packet.data),
                    packet.sequence,
                    Bytes.i64(packet.data, packet.packetOffset + 100),
                    packet.payloadOffset);
        }
    }

    @Test
    void whatArrivesIsWhatWasSentAndSubscribersShareOneCopy() throws Exception {
        LoopCrossing crossing = new LoopCrossing(other);
        List<Seen> first = new ArrayList<>();
        List<Seen> second = new ArrayList<>();
        ReceivedPacket packet = packet();
        on(source, () -> {
            for (int i = 0; i < 100; i++) {
                arrival.next(source);
                number(packet, i);
                assertThat(crossing.offer(arrival, seen -> first.add(Seen.of(seen)), packet))
                        .isTrue();
                packet.sequence += 5_000;
                assertThat(crossing.offer(arrival, seen -> second.add(Seen.of(seen)), packet))
                        .isTrue();
            }
            return 0;
        });
        // A turn later the last ones were published, and those came before this.
        on(source, () -> 0);
        on(other, () -> 0);
        assertThat(first).hasSize(100);
        assertThat(second).hasSize(100);
        for (int i = 0; i < 100; i++) {
            assertThat(first.get(i).sequence()).isEqualTo(i);
            assertThat(second.get(i).sequence()).isEqualTo(5_000 + i);
            assertThat(first.get(i).content()).isEqualTo(i);
            assertThat(second.get(i).content()).isEqualTo(i);
            assertThat(first.get(i).payloadOffset()).isEqualTo(12);
            assertThat(second.get(i).array()).isEqualTo(first.get(i).array());
        }
    }

    @Test
    void whatIsTooMuchIsRefusedAndItGoesOnWhenThereIsRoom() throws Exception {
        LoopCrossing crossing = new LoopCrossing(other);
        ReceivedPacket packet = packet();
        CountDownLatch held = new CountDownLatch(1);
        other.execute(() -> awaitQuietly(held));
        int[] arrived = {0};
        int[] made = {0};
        for (int round = 0; round < 3; round++) {
            int taken = on(source, () -> {
                int count = 0;
                for (int i = 0; i < 2 * LoopCrossing.MOST_COPIES; i++) {
                    arrival.next(source);
                    count += crossing.offer(arrival, seen -> arrived[0]++, packet) ? 1 : 0;
                }
                return count;
            });
            assertThat(taken).isEqualTo(round == 0 ? LoopCrossing.MOST_COPIES : 0);
            made[0] = crossing.made();
        }
        assertThat(made[0]).isEqualTo(2 * LoopCrossing.MOST_COPIES + 1);
        held.countDown();
        on(source, () -> 0);
        awaitArrived(arrived, LoopCrossing.MOST_COPIES);
        // Many subscribers of one packet: views run out, and copies do not.
        int views = on(source, () -> {
            int count = 0;
            arrival.next(source);
            number(packet, 7);
            for (int i = 0; i < 100; i++) {
                count += crossing.offer(arrival, seen -> arrived[0]++, packet) ? 1 : 0;
            }
            return count;
        });
        assertThat(views).isEqualTo(100);
        assertThat(crossing.made()).isEqualTo(made[0]);
        ReceivedPacket huge = packet();
        huge.packetLength = LoopCrossing.MOST_BYTES + 1;
        assertThat(on(source, () -> crossing.offer(arrival, seen -> arrived[0]++, huge)))
                .isFalse();
    }

    /** Each question waits for a turn of the loop. */
    private void awaitArrived(int[] arrived, int count) throws Exception {
        int seen = 0;
        while (seen < count) {
            seen = on(other, () -> arrived[0]);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let it go");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aDestinationThatFailsHindersNoOther() throws Exception {
        LoopCrossing crossing = new LoopCrossing(other);
        ReceivedPacket packet = packet();
        int[] arrived = {0};
        on(source, () -> {
            for (int i = 0; i < 10; i++) {
                arrival.next(source);
                crossing.offer(arrival, seen -> arrived[0]++, packet);
                crossing.offer(
                        arrival,
                        seen -> {
                            throw new IllegalStateException("no stream");
                        },
                        packet);
            }
            return 0;
        });
        on(source, () -> 0);
        awaitArrived(arrived, 10);
        assertThat(crossing.made()).isEqualTo(30);
    }

    @Test
    void aClosedLoopRefuses() throws Exception {
        NioEnvironment closed = NioEnvironment.builder().loops(1).start();
        LoopCrossing crossing = new LoopCrossing(closed.loops().get(0));
        closed.close();
        ReceivedPacket packet = packet();
        boolean first = on(source, () -> {
            arrival.next(source);
            return crossing.offer(arrival, seen -> {}, packet);
        });
        on(source, () -> 0);
        boolean then = on(source, () -> crossing.offer(arrival, seen -> {}, packet));
        assertThat(first).isTrue();
        assertThat(then).isFalse();
    }

    /** Where packets leave without SRTP and sockets: what is left is what forwarding itself takes. */
    private final class Subscriber {
        final MediaSender sender;
        final RtpSession session = new RtpSession(RtpSessionOptions.of("subscriber"), environment.random(), 0, 0);
        final RtpTransmit out = new RtpTransmit();
        long left;
        int last = -1;
        int gaps;
        long content;
        int pictures;

        Subscriber(Loop loop, MediaServices services, int number, ForwardedTrack track) throws Exception {
            sender = new MediaSender(loop, services);
            SendStream stream = session.addSendStream(new SendStreamParameters(
                    1_000L + number,
                    SendStreamParameters.NO_SSRC,
                    "0",
                    null,
                    List.of(VP8),
                    HeaderExtensionIds.of(Map.of(HeaderExtensionIds.MID, 1))));
            on(loop, () -> {
                sender.bind(stream, SendLimits.NONE, () -> {}, this::drain);
                return 0;
            });
            sender.source(track);
        }

        private void drain() {
            while (session.pollTransmit(out, 0)) {
                if (!out.rtcp) {
                    left++;
                    int sequence = Bytes.u16(out.data, out.offset + 2);
                    gaps += last >= 0 && sequence != ((last + 1) & 0xffff) ? 1 : 0;
                    last = sequence;
                    int payload = out.offset + out.length - PAYLOAD;
                    content = Bytes.i64(out.data, payload + 88);
                    pictures = Bytes.u16(out.data, payload + 2) & 0x7fff;
                }
            }
        }
    }

    /**
     * One publisher, and subscribers on its loop and on another one: over a million packets (a few in every build)
     * neither loop allocates as much as a byte for each.
     */
    @Test
    void forwardingToTwoLoopsMakesNoGarbage() throws Exception {
        MediaServices services = new MediaServices(environment, new MediaClock(environment, source));
        ReceivedTrack track = new ReceivedTrack(MediaKind.VIDEO, "picture", environment.newLane(), services);
        List<ForwardedTrack> forwarders = new ArrayList<>();
        List<Subscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            ForwardedTrack forwarded = new ForwardedTrack(track);
            forwarders.add(forwarded);
            subscribers.add(new Subscriber(i % 2 == 0 ? source : other, services, i, forwarded));
        }
        ReceivedPacket packet = packet();
        long[] number = {0};
        int warmUp = 4_000;
        int counted = LONG ? 1_000_000 / 16 : 10_000;
        forward(track, packet, number, warmUp);
        long before = allocated();
        forward(track, packet, number, counted);
        long cost = allocated() - before;
        long packets = 0;
        for (Subscriber each : subscribers) {
            long[] seen = on(each.sender.loop(), () -> new long[] {each.left, each.content, each.pictures});
            assertThat(seen[0]).isEqualTo(number[0]);
            assertThat(seen[1]).isEqualTo(number[0]);
            assertThat(seen[2]).isEqualTo((int) (number[0] & 0x7fff) - 1);
            assertThat(each.sender.dropped()).isZero();
            packets += counted;
        }
        System.out.printf("forwarding to two loops: %d bytes for %d packets%n", cost, packets);
        assertThat(cost).as("bytes of heap for %d packets", packets).isLessThan(packets);
        forwarders.forEach(ForwardedTrack::stop);
    }

    /** RFC 3550 6.4.1: what a pause leaves out is no loss for the receiver, wherever its connection lives. */
    @Test
    void aPauseIsNoGapOnEitherLoop() throws Exception {
        MediaServices services = new MediaServices(environment, new MediaClock(environment, source));
        ReceivedTrack track = new ReceivedTrack(MediaKind.VIDEO, "picture", environment.newLane(), services);
        List<ForwardedTrack> forwarders = List.of(new ForwardedTrack(track), new ForwardedTrack(track));
        List<Subscriber> subscribers = List.of(
                new Subscriber(source, services, 0, forwarders.get(0)),
                new Subscriber(other, services, 1, forwarders.get(1)));
        ReceivedPacket packet = packet();
        long[] number = {0};
        for (int i = 0; i < 10; i++) {
            forwarders.forEach(forwarded -> forwarded.pause(false));
            forward(track, packet, number, 200);
            forwarders.forEach(forwarded -> forwarded.pause(true));
            forward(track, packet, number, 100);
        }
        for (Subscriber each : subscribers) {
            long[] seen = on(each.sender.loop(), () -> new long[] {each.left, each.gaps});
            assertThat(seen[0]).isBetween(1_700L, 2_000L);
            assertThat(seen[1]).as("gaps").isZero();
        }
        forwarders.forEach(ForwardedTrack::stop);
    }

    private long allocated() throws Exception {
        return on(source, THREADS::getCurrentThreadAllocatedBytes) + on(other, THREADS::getCurrentThreadAllocatedBytes);
    }

    /** In turns of twenty packets, so that the other loop keeps up. */
    private void forward(ReceivedTrack track, ReceivedPacket packet, long[] number, int count) throws Exception {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        Runnable[] turn = new Runnable[2];
        long end = number[0] + count;
        turn[0] = () -> {
            for (int i = 0; i < 20; i++) {
                number(packet, ++number[0]);
                track.handlePacket(source, packet);
            }
            // Published at the end of this turn; the answer comes behind what was sent over.
            source.execute(turn[1]);
        };
        Runnable again = () -> {
            if (number[0] < end) {
                source.execute(turn[0]);
            } else {
                done.complete(true);
            }
        };
        turn[1] = () -> other.execute(() -> {
            // Views that were left for its next turn are taken by then.
            other.execute(again);
        });
        source.execute(turn[0]);
        done.get(300, TimeUnit.SECONDS);
    }
}

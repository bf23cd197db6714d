package dev.yodel.rtp;

import dev.yodel.io.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BiPredicate;

/** Two sessions with a link of fixed delay between them, in virtual time. */
final class RtpPair {
    static final long WALL = 1_795_000_000_000L;
    static final RtpCodec OPUS = new RtpCodec(111, "opus", 48_000, 2);
    static final HeaderExtensionIds IDS = HeaderExtensionIds.of(Map.of(
            HeaderExtensionIds.AUDIO_LEVEL,
            1,
            HeaderExtensionIds.ABS_SEND_TIME,
            2,
            HeaderExtensionIds.TRANSPORT_CC,
            3,
            HeaderExtensionIds.MID,
            4));

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Flight(long at, long order, boolean toB, boolean rtcp, byte[] bytes) {}

    final RtpSession a;
    final RtpSession b;
    final List<RtpEvent> eventsOfA = new ArrayList<>();
    final List<RtpEvent> eventsOfB = new ArrayList<>();
    final List<byte[]> rtcpOfA = new ArrayList<>();
    final List<Long> rtcpTimesOfA = new ArrayList<>();
    long delayNanos = 25 * Time.MILLISECOND;

    /** Added to the delay of one packet. */
    java.util.function.LongSupplier jitterNanos = () -> 0;

    /** Copies of one packet, 1 and more. */
    java.util.function.IntSupplier copies = () -> 1;

    /** Says true for a packet to lose: bytes, and whether it goes to B. */
    BiPredicate<byte[], Boolean> lose = (bytes, toB) -> false;

    long now;
    private long order;
    private final PriorityQueue<Flight> flights =
            new PriorityQueue<>((x, y) -> x.at != y.at ? Long.compare(x.at, y.at) : Long.compare(x.order, y.order));
    private final RtpTransmit transmit = new RtpTransmit();

    RtpPair(long seed, long start) {
        this(seed, start, RtpSessionOptions.of("alice"), RtpSessionOptions.of("bob"));
    }

    RtpPair(long seed, long start, RtpSessionOptions optionsOfA, RtpSessionOptions optionsOfB) {
        now = start;
        a = new RtpSession(optionsOfA, new SeededRandom(seed), WALL, start);
        b = new RtpSession(optionsOfB, new SeededRandom(seed + 1), WALL + 3_600_000, start);
    }

    static ReceiveParameters audio(String mid) {
        return new ReceiveParameters(mid, List.of(OPUS), Set.of(), IDS);
    }

    static SendStreamParameters audioSend(RtpSession session, String mid) {
        return new SendStreamParameters(session.newSsrc(), mid, List.of(OPUS), IDS);
    }

    void drain() {
        while (a.pollTransmit(transmit, now)) {
            byte[] bytes = copy();
            if (transmit.rtcp) {
                rtcpOfA.add(bytes);
                rtcpTimesOfA.add(now);
            }
            launch(bytes, true);
        }
        while (b.pollTransmit(transmit, now)) {
            launch(copy(), false);
        }
        collect(a, eventsOfA);
        collect(b, eventsOfB);
    }

    private byte[] copy() {
        return java.util.Arrays.copyOfRange(transmit.data, transmit.offset, transmit.offset + transmit.length);
    }

    private void launch(byte[] bytes, boolean toB) {
        if (!lose.test(bytes, toB)) {
            for (int i = copies.getAsInt(); i > 0; i--) {
                long at = now + delayNanos + jitterNanos.getAsLong();
                flights.add(new Flight(at, order++, toB, transmit.rtcp, bytes));
            }
        }
    }

    private static void collect(RtpSession session, List<RtpEvent> into) {
        for (RtpEvent event = session.pollEvent(); event != null; event = session.pollEvent()) {
            into.add(event instanceof ReceivedPacket packet ? copy(packet) : event);
        }
    }

    static ReceivedPacket copy(ReceivedPacket packet) {
        ReceivedPacket copy = new ReceivedPacket();
        packet.copyTo(copy);
        copy.data = java.util.Arrays.copyOfRange(
                packet.data, packet.packetOffset, packet.packetOffset + packet.packetLength);
        copy.packetOffset = 0;
        copy.payloadOffset = packet.payloadOffset - packet.packetOffset;
        return copy;
    }

    /** Lets time pass, in the order of what is due. */
    void run(long until) {
        drain();
        while (true) {
            Flight flight = flights.peek();
            long next = Math.min(flight == null ? Time.NEVER : flight.at, Math.min(a.nextTimeout(), b.nextTimeout()));
            if (next > until) {
                now = until;
                return;
            }
            now = Math.max(now, next);
            if (flight != null && flight.at <= now) {
                flights.remove();
                RtpSession target = flight.toB ? b : a;
                if (flight.rtcp) {
                    target.handleRtcp(flight.bytes, 0, flight.bytes.length, now);
                } else {
                    target.handleRtp(flight.bytes, 0, flight.bytes.length, now);
                }
            }
            a.handleTimeout(now);
            b.handleTimeout(now);
            drain();
        }
    }

    <T extends RtpEvent> List<T> of(List<RtpEvent> events, Class<T> type) {
        List<T> result = new ArrayList<>();
        for (RtpEvent event : events) {
            if (type.isInstance(event)) {
                result.add(type.cast(event));
            }
        }
        return result;
    }
}

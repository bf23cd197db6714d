package dev.yodel.sctp;

import dev.yodel.io.Time;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Two associations and a lossy, reordering, duplicating path between them, in virtual time. */
final class Pipe {
    final SctpAssociation a;
    final SctpAssociation b;
    final List<SctpEvent> eventsOfA = new ArrayList<>();
    final List<SctpEvent> eventsOfB = new ArrayList<>();
    final SeededRandom random;
    final byte[] packet = new byte[65_536];
    long delayNanos = 10 * Time.MILLISECOND;
    double loss;
    double duplication;
    /** How often a packet that is duplicated comes. */
    int copies = 2;

    double reordering;
    double corruption;
    /** Longer packets vanish. */
    int mtu = 65_536;

    long reorderNanos = 50 * Time.MILLISECOND;
    long now = Time.SECOND;
    long bytesOfA;
    long bytesOfB;

    @Nullable
    Runnable eachStep;

    private int passBeforeDrop;
    private int dropCount;
    private long order;
    private final PriorityQueue<InFlight> inFlight = new PriorityQueue<>();

    @SuppressWarnings("ArrayRecordComponent")
    private record InFlight(long at, long order, boolean toB, byte[] bytes) implements Comparable<InFlight> {
        @Override
        public int compareTo(InFlight other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    Pipe(long seed, SctpOptions options) {
        this(
                seed,
                new SctpAssociation(options, new SeededRandom(seed + 1)),
                new SctpAssociation(options, new SeededRandom(seed + 2)));
    }

    Pipe(long seed, SctpAssociation a, SctpAssociation b) {
        random = new SeededRandom(seed);
        this.a = a;
        this.b = b;
    }

    static Pipe connected(long seed) {
        return connected(seed, SctpOptions.defaults());
    }

    static Pipe connected(long seed, SctpOptions options) {
        Pipe pipe = new Pipe(seed, options);
        pipe.a.connect(pipe.now);
        pipe.b.connect(pipe.now);
        pipe.run(Time.SECOND);
        return pipe;
    }

    void drain() {
        drain(a, true, eventsOfA);
        drain(b, false, eventsOfB);
    }

    private void drain(SctpAssociation from, boolean toB, List<SctpEvent> events) {
        for (SctpEvent event = from.pollEvent(); event != null; event = from.pollEvent()) {
            events.add(event);
        }
        for (int length = from.pollTransmit(packet, 0, now); length > 0; length = from.pollTransmit(packet, 0, now)) {
            if (toB) {
                bytesOfA += length;
            } else {
                bytesOfB += length;
            }
            enqueue(Arrays.copyOf(packet, length), toB);
        }
    }

    /** Loses some packets in a row, after letting others pass. */
    void drop(int after, int count) {
        passBeforeDrop = after;
        dropCount = count;
    }

    private void enqueue(byte[] bytes, boolean toB) {
        if (dropCount > 0 && --passBeforeDrop < 0) {
            dropCount--;
            return;
        }
        if (bytes.length > mtu || random.nextDouble() < loss) {
            return;
        }
        if (random.nextDouble() < corruption) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        int times = random.nextDouble() < duplication ? copies : 1;
        for (int i = 0; i < times; i++) {
            long late = random.nextDouble() < reordering ? (long) (random.nextDouble() * reorderNanos) : 0;
            inFlight.add(new InFlight(now + delayNanos + late, order++, toB, bytes));
        }
    }

    /** Goes to the next thing that happens; whether it lies before a limit. */
    boolean step(long until) {
        drain();
        InFlight first = inFlight.peek();
        long next = Math.min(a.nextTimeout(), b.nextTimeout());
        if (first != null) {
            next = Math.min(next, first.at);
        }
        if (next > until) {
            now = until;
            return false;
        }
        now = Math.max(now, next);
        for (int batch = 0; batch < 64 && first != null && first.at <= now; batch++) {
            inFlight.remove();
            (first.toB ? b : a).handlePacket(first.bytes, 0, first.bytes.length, now);
            first = inFlight.peek();
        }
        a.handleTimeout(now);
        b.handleTimeout(now);
        if (eachStep != null) {
            eachStep.run();
        }
        return true;
    }

    void run(long nanos) {
        long until = now + nanos;
        while (step(until)) {
            // The step does the work.
        }
        drain();
    }

    static List<byte[]> messages(List<SctpEvent> events) {
        return events.stream()
                .filter(SctpEvent.Message.class::isInstance)
                .map(event -> ((SctpEvent.Message) event).data())
                .toList();
    }

    static <T extends SctpEvent> long count(List<SctpEvent> events, Class<T> type) {
        return events.stream().filter(type::isInstance).count();
    }
}

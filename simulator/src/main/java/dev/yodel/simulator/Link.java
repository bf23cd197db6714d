package dev.yodel.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a wire: delay, jitter, loss, bursts of loss, duplication, reordering, corruption, rate, queue, MTU and
 * times when nothing passes. It may be changed while the simulation runs, and holds for packets that enter it from then
 * on. Everything is off at first except the delay. Streams cross it too: what it loses, a stream sends again.
 */
public final class Link {
    /** A stream gives up when nothing has passed for this long. */
    static final long STREAM_TIMEOUT_NANOS = 120_000_000_000L;

    private static final long FIRST_RESEND_NANOS = 200_000_000L;
    private static final long LARGEST_RESEND_NANOS = 10_000_000_000L;

    private record Hole(long from, long until) {}

    /** A packet and when it comes out. */
    record Passage(long time, Packet packet) {}

    private final String name;
    private final Simulator simulator;
    private final SeededRandom random;

    private long delayNanos;
    private long jitterNanos;
    private double loss;
    private double goodToBad;
    private double badToGood;
    private double lossInBad;
    private boolean inBad;
    private double duplication;
    private int copies = 1;
    private double reordering;
    private long reorderNanos;
    private double corruption;
    private double bitErrors;
    private long rateBps;
    private long queueBytes = 256 * 1024;
    private int mtu = 1500;
    private boolean down;
    private final List<Hole> holes = new ArrayList<>();

    private long busyUntil;
    private long lastExit;
    private @Nullable Link opposite;

    Link(String name, Simulator simulator, Duration delay) {
        this.name = name;
        this.simulator = simulator;
        this.random = new SeededRandom(simulator.seed(), "link " + name);
        this.delayNanos = delay.toNanos();
    }

    /**
     * How long a packet is under way.
     *
     * @param delay zero or more
     * @return this
     */
    public Link delay(Duration delay) {
        delayNanos = notNegative(delay);
        return this;
    }

    /**
     * What is added to the delay at random; it never reorders by itself.
     *
     * @param jitter the most, zero or more
     * @return this
     */
    public Link jitter(Duration jitter) {
        jitterNanos = notNegative(jitter);
        return this;
    }

    /**
     * Independent loss.
     *
     * @param probability 0 to 1
     * @return this
     */
    public Link loss(double probability) {
        loss = probability(probability);
        return this;
    }

    /**
     * Loss in bursts by two states (Gilbert and Elliott); {@link #loss} holds in the good one.
     *
     * @param goodToBad probability per packet that a burst begins
     * @param badToGood probability per packet that it ends
     * @param lossInBad probability of loss within it
     * @return this
     */
    public Link bursts(double goodToBad, double badToGood, double lossInBad) {
        this.goodToBad = probability(goodToBad);
        this.badToGood = probability(badToGood);
        this.lossInBad = probability(lossInBad);
        return this;
    }

    /**
     * Duplication.
     *
     * @param probability 0 to 1
     * @param extraCopies how many more of such a packet arrive, 1 or more
     * @return this
     */
    public Link duplication(double probability, int extraCopies) {
        duplication = probability(probability);
        copies = extraCopies;
        return this;
    }

    /**
     * Reordering: some packets take longer, and those behind them do not wait.
     *
     * @param probability 0 to 1
     * @param most the longest extra delay
     * @return this
     */
    public Link reordering(double probability, Duration most) {
        reordering = probability(probability);
        reorderNanos = notNegative(most);
        return this;
    }

    /**
     * Corruption that no checksum of the network notices: one to three flipped bits.
     *
     * @param probability 0 to 1
     * @return this
     */
    public Link corruption(double probability) {
        corruption = probability(probability);
        return this;
    }

    /**
     * Flips each bit of each packet by chance; a link with 0.1 carries nothing that an integrity check would let pass.
     *
     * @param probability of each bit, 0 to 1
     * @return this
     */
    public Link bitErrors(double probability) {
        bitErrors = probability(probability);
        return this;
    }

    /**
     * Rate and the queue in front of it.
     *
     * @param bitsPerSecond 0 for no limit
     * @param queue bytes that may wait; what finds it full is lost
     * @return this
     */
    public Link rate(long bitsPerSecond, long queue) {
        rateBps = bitsPerSecond;
        queueBytes = queue;
        return this;
    }

    /**
     * The longest IP packet; longer ones vanish without a word (as where ICMP is blocked).
     *
     * @param bytes with IP and UDP headers; 1500 at first
     * @return this
     */
    public Link mtu(int bytes) {
        mtu = bytes;
        return this;
    }

    /**
     * Cuts or mends the wire.
     *
     * @param cut true and nothing passes
     * @return this
     */
    public Link down(boolean cut) {
        down = cut;
        return this;
    }

    /**
     * A window in which nothing passes.
     *
     * @param fromNow when it begins
     * @param length how long it lasts
     * @return this
     */
    public Link blackhole(Duration fromNow, Duration length) {
        long from = simulator.now() + notNegative(fromNow);
        holes.add(new Hole(from, from + notNegative(length)));
        return this;
    }

    /**
     * Takes all impairments away; the delay stays.
     *
     * @return this
     */
    public Link clear() {
        jitterNanos = 0;
        loss = 0;
        bursts(0, 0, 0);
        inBad = false;
        duplication = 0;
        reordering = 0;
        corruption = 0;
        bitErrors = 0;
        rateBps = 0;
        mtu = 1500;
        down = false;
        holes.clear();
        return this;
    }

    private static long notNegative(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("a duration of zero or more, not " + duration);
        }
        return duration.toNanos();
    }

    private static double probability(double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("a probability from 0 to 1, not " + value);
        }
        return value;
    }

    void opposite(Link other) {
        opposite = other;
    }

    /** The same wire in the other direction. */
    Link opposite() {
        return opposite == null ? this : opposite;
    }

    private boolean isCut(long time) {
        if (down) {
            return true;
        }
        for (Hole hole : holes) {
            if (time >= hole.from && time < hole.until) {
                return true;
            }
        }
        return false;
    }

    private boolean isLost() {
        if (goodToBad > 0 || inBad) {
            inBad = inBad ? !random.chance(badToGood) : random.chance(goodToBad);
        }
        return random.chance(inBad ? lossInBad : loss);
    }

    /** Sends a datagram through: none, one or more come out. */
    List<Passage> transit(Packet packet, long now) {
        if (isCut(now)) {
            simulator.dropped(packet, name + " is cut");
            return List.of();
        }
        if (packet.wireLength() > mtu) {
            simulator.dropped(packet, "longer than the MTU of " + name);
            return List.of();
        }
        if (isLost()) {
            simulator.dropped(packet, "lost by " + name);
            return List.of();
        }
        long departure = departure(packet.wireLength(), now);
        if (departure < 0) {
            simulator.dropped(packet, "the queue of " + name + " is full");
            return List.of();
        }
        Packet passed = random.chance(corruption) ? packet.withData(corrupted(packet.bytes())) : packet;
        if (bitErrors > 0) {
            passed = passed.withData(noisy(passed.bytes()));
        }
        List<Passage> result = new ArrayList<>(1);
        result.add(new Passage(exit(departure), passed));
        if (random.chance(duplication)) {
            for (int i = 0; i < copies; i++) {
                result.add(new Passage(exit(departure), passed));
            }
        }
        return result;
    }

    /**
     * When a segment of a stream comes out, with as many resends as it takes.
     *
     * @return {@link Long#MAX_VALUE} if it never does
     */
    long streamExit(int wireLength, long now) {
        long time = now;
        long resend = FIRST_RESEND_NANOS;
        while (isCut(time) || isLost()) {
            if (time - now > STREAM_TIMEOUT_NANOS) {
                return Long.MAX_VALUE;
            }
            time += resend;
            resend = Math.min(2 * resend, LARGEST_RESEND_NANOS);
        }
        long departure = departure(wireLength, time);
        return departure < 0
                ? time + FIRST_RESEND_NANOS + delayNanos
                : departure + delayNanos + random.upTo(jitterNanos);
    }

    private long departure(int wireLength, long now) {
        if (rateBps <= 0) {
            return now;
        }
        long start = Math.max(now, busyUntil);
        double waitingBytes = (start - now) / 8e9 * rateBps;
        if (waitingBytes + wireLength > queueBytes) {
            return -1;
        }
        busyUntil = start + (long) (wireLength * 8e9 / rateBps);
        return busyUntil;
    }

    private long exit(long departure) {
        long exit = departure + delayNanos + random.upTo(jitterNanos);
        if (random.chance(reordering)) {
            return exit + random.upTo(reorderNanos);
        }
        lastExit = Math.max(exit, lastExit);
        return lastExit;
    }

    private byte[] noisy(byte[] data) {
        byte[] result = data.clone();
        for (int bit = 0; bit < result.length * 8; bit++) {
            if (random.chance(bitErrors)) {
                result[bit >> 3] ^= (byte) (1 << (bit & 7));
            }
        }
        return result;
    }

    private byte[] corrupted(byte[] data) {
        byte[] result = data.clone();
        if (result.length > 0) {
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                int bit = random.nextInt(result.length * 8);
                result[bit >> 3] ^= (byte) (1 << (bit & 7));
            }
        }
        return result;
    }

    @Override
    public String toString() {
        return name;
    }
}

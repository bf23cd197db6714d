package dev.yodel.media;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts the packets of one audio stream in order and says, whenever a frame's worth of sound is needed, where it comes
 * from: a packet, the packet after a lost one, or nowhere. It adapts its delay to the network. It does not decode, and
 * has neither clock nor thread: one thread at a time feeds and asks it.
 *
 * <p>Its delay is the time by which a frame is played after the fastest packets of the last two seconds would have
 * allowed. It waits for 97 of 100 packets. In pauses of the sender the delay is corrected for free; else
 * {@link #tempo()} asks for faster or slower playing. While packets are being lost it waits a frame longer if they
 * describe the one before them, so that a lost one is rebuilt from the next. While packets are merely late, time
 * stands still and the late ones are still played; once a later packet is there, the missing ones are given up in
 * turn.
 */
public final class JitterBuffer {
    /** Where the next sound comes from. */
    public enum Decision {
        /** Decode the packet in {@link #data()}. */
        FRAME,
        /** A packet was lost; {@link #data()} holds the one after it, which describes it (in-band FEC). */
        RECOVER,
        /** Invent {@link #ticks()} of sound. */
        CONCEAL,
        /**
         * Nothing is being said: play silence, or comfort noise; {@link #data()} tells what it sounds like where the
         * sender just told.
         */
        SILENCE
    }

    /** How fast to play what {@link Decision#FRAME} gave. */
    public enum Tempo {
        /** As it is. */
        NORMAL,
        /** The delay is longer than needed: leave a little out. */
        FASTER,
        /** The delay is too short: stretch a little. */
        SLOWER
    }

    /** What a codec's payloads say of themselves, without being decoded. */
    @FunctionalInterface
    public interface Payloads {
        /**
         * How long a packet plays.
         *
         * @param data holds the payload, read only
         * @param offset first byte
         * @param length count of bytes
         * @return ticks of the RTP clock; 0 or less for a payload that no decoder would take
         */
        int ticks(byte[] data, int offset, int length);

        /**
         * Whether a packet describes the one before it (in-band FEC).
         *
         * @param data holds the payload, read only
         * @param offset first byte
         * @param length count of bytes
         * @return false unless the codec has such a thing and the packet holds it
         */
        default boolean describesPrevious(byte[] data, int offset, int length) {
            return false;
        }
    }

    private static final int CAPACITY = 512;
    private static final int MASK = CAPACITY - 1;
    private static final int MAX_PAYLOAD = 2048;
    private static final int MAX_NOISE = 64;

    private static final long PAUSE = 200 * Time.MILLISECOND;
    private static final long MUCH_TOO_LATE = 300 * Time.MILLISECOND;
    private static final long JUMP = 3 * Time.SECOND;

    /** One packet's place; its array goes to the spare ones when it was played. */
    private static final class Slot {
        private byte[] data = Bytes.EMPTY;
        private int length;
        private long sequence = Long.MIN_VALUE;
        private long timestamp;
        /** 0 for what tells the sound of a silence. */
        private int ticks;
        /** Whether it describes the packet before it, and nobody has used that. */
        private boolean describesPrevious;
    }

    private final int clockRateHz;
    private final Payloads payloads;
    private final boolean recoverable;
    private final JitterBufferCounts counts = new JitterBufferCounts();
    private final PlayoutDelay delay;
    private final Slot[] slots = new Slot[CAPACITY];

    private boolean anything;
    private boolean begun;
    private boolean playing;
    private long nextSequence;
    private long highestSequence;
    private long newestTimestamp;
    private long nextTimestamp;
    private int frameTicks;
    private long heldTicks;

    /** Arrays for packets to come: as many as packets ever waited at the same time, not as many as there are slots. */
    private final ArrayDeque<byte[]> spare = new ArrayDeque<>();

    private byte[] outData = Bytes.EMPTY;
    private boolean outIsOurs;
    private int outLength;
    private int outTicks;
    private Tempo tempo = Tempo.NORMAL;

    /**
     * An empty buffer.
     *
     * @param clockRateHz of the RTP timestamps, positive
     * @param payloads what the codec's payloads say of themselves
     * @param recoverable whether packets can describe the one before them (in-band FEC)
     * @param options bounds of the delay
     */
    public JitterBuffer(int clockRateHz, Payloads payloads, boolean recoverable, JitterBufferOptions options) {
        if (clockRateHz <= 0) {
            throw new IllegalArgumentException("clockRateHz must be positive, was " + clockRateHz);
        }
        this.clockRateHz = clockRateHz;
        this.payloads = payloads;
        this.recoverable = recoverable;
        delay = new PlayoutDelay(options, counts);
        frameTicks = clockRateHz / 50;
        for (int i = 0; i < CAPACITY; i++) {
            slots[i] = new Slot();
        }
    }

    /**
     * A packet came.
     *
     * @param sequence unwrapped sequence number, not negative
     * @param rtpTimestamp as on the wire, 0 to 2^32-1
     * @param restarted whether the sender began anew, so that sequence and timestamp have no relation to earlier ones
     * @param data holds the payload; copied
     * @param offset first byte
     * @param length of the payload; packets without any are ignored
     * @param arrivalNanos when it came
     */
    public void insert(
            long sequence,
            long rtpTimestamp,
            boolean restarted,
            byte[] data,
            int offset,
            int length,
            long arrivalNanos) {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (length == 0) {
            return;
        }
        int ticks = length > MAX_PAYLOAD ? 0 : payloads.ticks(data, offset, length);
        if (ticks <= 0) {
            counts.discarded();
            return;
        }
        insert(sequence, rtpTimestamp, restarted, data, offset, length, ticks, arrivalNanos);
    }

    /**
     * A packet came that tells what the silence sounds like that begins with it, or goes on (RFC 3389).
     *
     * @param sequence unwrapped sequence number, not negative
     * @param rtpTimestamp as on the wire, 0 to 2^32-1
     * @param restarted whether the sender began anew
     * @param data holds the payload; copied
     * @param offset first byte
     * @param length of the payload; none and more than 64 bytes are ignored
     * @param arrivalNanos when it came
     */
    public void insertNoise(
            long sequence,
            long rtpTimestamp,
            boolean restarted,
            byte[] data,
            int offset,
            int length,
            long arrivalNanos) {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (length > 0 && length <= MAX_NOISE) {
            insert(sequence, rtpTimestamp, restarted, data, offset, length, 0, arrivalNanos);
        }
    }

    private void insert(
            long sequence,
            long rtpTimestamp,
            boolean restarted,
            byte[] data,
            int offset,
            int length,
            int ticks,
            long arrivalNanos) {
        long timestamp = anything ? newestTimestamp + ((int) rtpTimestamp - (int) newestTimestamp) : rtpTimestamp;
        if (!anything || restarted || isJump(sequence, timestamp)) {
            begin(sequence, timestamp);
        }
        if (begun && (sequence < nextSequence || timestamp < nextTimestamp)) {
            if (slots[(int) sequence & MASK].sequence == played(sequence)) {
                counts.duplicate();
            } else {
                delay.onPacket(arrivalNanos, nanos(timestamp));
                counts.late();
            }
            return;
        }
        Slot slot = slots[(int) sequence & MASK];
        if (slot.sequence == sequence) {
            counts.duplicate();
            return;
        }
        delay.onPacket(arrivalNanos, nanos(timestamp));
        if (slot.data.length == 0 && !spare.isEmpty()) {
            slot.data = spare.pop();
        }
        if (slot.data.length < length) {
            slot.data = new byte[Math.max(length, 256)];
        }
        System.arraycopy(data, offset, slot.data, 0, length);
        slot.length = length;
        slot.sequence = sequence;
        slot.timestamp = timestamp;
        slot.ticks = ticks;
        slot.describesPrevious = recoverable && ticks > 0 && payloads.describesPrevious(data, offset, length);
        counts.accepted(slot.describesPrevious);
        nextSequence = Math.min(nextSequence, sequence);
        if (sequence >= highestSequence) {
            highestSequence = sequence;
            newestTimestamp = timestamp;
        }
    }

    /** RFC 3550 A.1 has judged sequence numbers already; here it is about what the buffer can hold and bridge. */
    private boolean isJump(long sequence, long timestamp) {
        if (sequence - nextSequence >= CAPACITY || (!playing && highestSequence - sequence >= CAPACITY)) {
            return true;
        }
        return sequence > highestSequence && Math.abs(nanos(timestamp - newestTimestamp)) > JUMP;
    }

    private void begin(long sequence, long timestamp) {
        if (anything) {
            counts.reset();
            for (Slot slot : slots) {
                if (slot.sequence >= 0) {
                    counts.discarded();
                    leave(slot);
                }
                slot.sequence = Long.MIN_VALUE;
                slot.data = Bytes.EMPTY;
            }
            spare.clear();
        }
        anything = true;
        begun = false;
        playing = false;
        heldTicks = 0;
        nextSequence = sequence;
        highestSequence = sequence;
        newestTimestamp = timestamp;
        nextTimestamp = timestamp;
        delay.forgetPath();
    }

    /** What a slot says when its packet is gone and no other has come. */
    private static long played(long sequence) {
        return -sequence - 1;
    }

    /**
     * Decides where the next sound comes from.
     *
     * @param now the time at which the asker asks
     * @param aheadNanos how much sound the asker still has to play before what this call gives
     * @return what to do; {@link #data()}, {@link #length()}, {@link #ticks()} and {@link #tempo()} belong to it
     */
    public Decision pull(long now, long aheadNanos) {
        if (outIsOurs) {
            spare.push(outData);
            outIsOurs = false;
        }
        outData = Bytes.EMPTY;
        tempo = Tempo.NORMAL;
        outLength = 0;
        outTicks = frameTicks;
        if (!anything) {
            return silence();
        }
        long playAt = now + aheadNanos;
        long target = targetDelayNanos();
        Slot next = first();
        if (next == null) {
            return playing ? underrun() : silence();
        }
        long frame = nanos(frameTicks);
        long waited = delayOf(next, playAt);
        // What came in a burst after a long hold-up is not worth playing late.
        while (waited > target + MUCH_TOO_LATE && next.sequence < highestSequence) {
            drop(next);
            counts.discarded();
            Slot following = first();
            if (following == null) {
                return silence();
            }
            next = following;
            nextTimestamp = next.timestamp;
            waited = delayOf(next, playAt);
        }
        boolean due = waited + frame / 2 >= target;
        if (next.ticks == 0 && playing && next.sequence == nextSequence) {
            return silence(next);
        }
        if (!playing) {
            if (!due) {
                return silence();
            }
            playing = true;
            nextTimestamp = next.timestamp;
        }
        long gap = next.timestamp - nextTimestamp;
        if (gap > 0) {
            if (next.sequence == nextSequence) {
                // No packet is missing: the sender was silent (RFC 7587 3.1.3). The right moment to correct the delay.
                if (!due) {
                    return silence();
                }
            } else if (gap > heldTicks && waited < target + frame) {
                return bridge(next, gap - heldTicks);
            }
        }
        return next.ticks == 0 ? silence(next) : play(next, waited, target, frame);
    }

    private Decision play(Slot next, long waited, long target, long frame) {
        counts.missing(begun ? next.sequence - nextSequence : 0);
        begun = true;
        nextTimestamp = next.timestamp + next.ticks;
        nextSequence = next.sequence + 1;
        frameTicks = next.ticks;
        heldTicks = 0;
        counts.played(next.ticks, waited, target, delay.needed(nanos(frameTicks)));
        tempo = delay.tempo(waited, target, frame);
        outData = next.data;
        outIsOurs = true;
        outLength = next.length;
        outTicks = next.ticks;
        next.data = Bytes.EMPTY;
        leave(next);
        return Decision.FRAME;
    }

    /** A packet is gone; only that it was here is still known. */
    private void leave(Slot slot) {
        if (slot.describesPrevious) {
            slot.describesPrevious = false;
            counts.describedInVain();
        }
        slot.sequence = played(slot.sequence);
    }

    /** A later packet is there, so the one before it is lost, or as good as. */
    private Decision bridge(Slot next, long missing) {
        nextTimestamp += heldTicks;
        heldTicks = 0;
        if (missing <= frameTicks && next.describesPrevious) {
            counts.missing(next.sequence - nextSequence);
            next.describesPrevious = false;
            nextTimestamp = next.timestamp;
            nextSequence = next.sequence;
            outData = next.data;
            outLength = next.length;
            outTicks = (int) missing;
            counts.recovered();
            return Decision.RECOVER;
        }
        outTicks = (int) Math.min(missing, frameTicks);
        nextTimestamp += outTicks;
        counts.concealed(outTicks);
        return Decision.CONCEAL;
    }

    /** Nothing is there: late or lost, nobody knows. Time stands still. */
    private Decision underrun() {
        if (nanos(heldTicks) >= PAUSE) {
            playing = false;
            nextSequence = highestSequence + 1;
            return silence();
        }
        outTicks = Math.min(frameTicks, clockRateHz / 50);
        heldTicks += outTicks;
        counts.concealed(outTicks);
        return Decision.CONCEAL;
    }

    private Decision silence() {
        outTicks = clockRateHz / 100;
        counts.silent(outTicks);
        return Decision.SILENCE;
    }

    /** The sender fell silent on purpose; what comes next waits for its time as at the beginning. */
    private Decision silence(Slot told) {
        counts.missing(begun ? told.sequence - nextSequence : 0);
        begun = true;
        playing = false;
        heldTicks = 0;
        nextTimestamp = told.timestamp;
        nextSequence = told.sequence + 1;
        Decision decision = silence();
        outData = told.data;
        outIsOurs = true;
        outLength = told.length;
        told.data = Bytes.EMPTY;
        leave(told);
        return decision;
    }

    /** The packet with the lowest sequence number. */
    private @Nullable Slot first() {
        for (long sequence = nextSequence; sequence <= highestSequence; sequence++) {
            Slot slot = slots[(int) sequence & MASK];
            if (slot.sequence == sequence) {
                return slot;
            }
        }
        return null;
    }

    private void drop(Slot slot) {
        spare.push(slot.data);
        slot.data = Bytes.EMPTY;
        nextSequence = slot.sequence + 1;
        leave(slot);
    }

    private long delayOf(Slot slot, long playAt) {
        return playAt - nanos(slot.timestamp) - delay.fastestNanos();
    }

    private long nanos(long ticks) {
        return ticks / clockRateHz * Time.SECOND + ticks % clockRateHz * Time.SECOND / clockRateHz;
    }

    /**
     * The payload that the last decision is about.
     *
     * @return an array of the buffer, valid until the next {@link #pull}; bytes 0 to {@link #length()} count
     */
    public byte[] data() {
        return outData;
    }

    /**
     * The payload's length.
     *
     * @return bytes, 0 for {@link Decision#CONCEAL} and mostly for {@link Decision#SILENCE}
     */
    public int length() {
        return outLength;
    }

    /**
     * How much sound the last decision stands for.
     *
     * @return ticks of the RTP clock
     */
    public int ticks() {
        return outTicks;
    }

    /**
     * How fast the frame should be played.
     *
     * @return {@link Tempo#NORMAL} after any decision but {@link Decision#FRAME}
     */
    public Tempo tempo() {
        return tempo;
    }

    /**
     * Asks for a delay of at least this, beyond the bounds of the options if need be (W3C jitterBufferTarget). It is
     * reached little by little, by playing slower or faster.
     *
     * @param nanos 0 to 4 s; 0 for what the network needs
     * @throws IllegalArgumentException if it is out of range
     */
    public void setRequestedDelayNanos(long nanos) {
        delay.request(nanos);
    }

    /**
     * The delay at which the sound belongs to the picture; reached as one that was asked for.
     *
     * @param nanos 0 and more; what is beyond 4 s is not waited for
     */
    public void synchronize(long nanos) {
        delay.synchronize(nanos);
    }

    /**
     * When a moment of the stream would have come at the earliest.
     *
     * @param rtpTimestamp of the moment, 0 to 2^32-1
     * @return loop time, or {@link Time#NEVER} before the first packet
     */
    public long fastestArrivalNanos(long rtpTimestamp) {
        if (!anything || counts.packets() == 0) {
            return Time.NEVER;
        }
        return delay.fastestNanos() + nanos(newestTimestamp + ((int) rtpTimestamp - (int) newestTimestamp));
    }

    /**
     * The delay it aims at, beyond the fastest packets.
     *
     * @return nanoseconds
     */
    public long targetDelayNanos() {
        return delay.target(nanos(frameTicks));
    }

    /**
     * The delay it would aim at if no picture belonged to it.
     *
     * @return nanoseconds
     */
    public long ownDelayNanos() {
        return delay.own(nanos(frameTicks));
    }

    /**
     * The delay of what was played last.
     *
     * @return nanoseconds beyond the fastest packets
     */
    public long currentDelayNanos() {
        return counts.currentDelayNanos();
    }

    /**
     * What has happened so far.
     *
     * @return a snapshot
     */
    public JitterBufferStats stats() {
        return counts.stats(targetDelayNanos());
    }

    @Override
    public String toString() {
        return "JitterBuffer[target " + targetDelayNanos() / Time.MILLISECOND + " ms, now "
                + counts.currentDelayNanos() / Time.MILLISECOND + " ms, next " + nextSequence + ", highest "
                + highestSequence + "]";
    }
}

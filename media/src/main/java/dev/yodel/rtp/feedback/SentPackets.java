package dev.yodel.rtp.feedback;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import org.jspecify.annotations.Nullable;

/**
 * The packets of one stream that were sent lately, and whether one of them may be sent again now. It keeps plaintext
 * copies in arrays that are used again, at most {@link #CAPACITY} packets and 2 s; it sends nothing itself. A packet is
 * repeated at most once per round trip, and all repetitions together stay below a quarter of the media bytes, so a peer
 * that asks for everything all the time gets 1.25 times the media and no more.
 */
public final class SentPackets {
    /** Most packets kept. */
    public static final int CAPACITY = 1024;

    static final long MAX_AGE_NANOS = 2 * Time.SECOND;
    static final long MIN_COOLDOWN_NANOS = 10 * Time.MILLISECOND;
    static final int MAX_CREDIT_BYTES = 64 * 1024;

    /** One packet kept. */
    public static final class Entry {
        private byte[] data = Bytes.EMPTY;
        private int length;
        private int sequenceNumber = -1;
        private long sentNanos;
        private long repeatedNanos = Time.NEVER;

        private Entry() {}

        /**
         * The packet.
         *
         * @return the array, valid until the packet is overwritten by a newer one
         */
        public byte[] data() {
            return data;
        }

        /**
         * Its number.
         *
         * @return 0 to 65535
         */
        public int sequenceNumber() {
            return sequenceNumber;
        }

        /**
         * Size of the packet.
         *
         * @return bytes, from index 0
         */
        public int length() {
            return length;
        }
    }

    private final @Nullable Entry[] entries = new @Nullable Entry[CAPACITY];
    private @Nullable Entry latest;
    private long creditQuarterBytes;

    /** An empty memory. */
    public SentPackets() {}

    /**
     * Remembers a packet.
     *
     * @param packet copied
     * @param offset first byte of the RTP header
     * @param length count of bytes
     * @param now when it was sent
     */
    public void onSent(byte[] packet, int offset, int length, long now) {
        int sequenceNumber = Bytes.u16(packet, offset + 2);
        int slot = sequenceNumber & (CAPACITY - 1);
        Entry entry = entries[slot];
        if (entry == null) {
            entry = new Entry();
            entries[slot] = entry;
        }
        if (entry.data.length < length) {
            entry.data = new byte[(length + 255) / 256 * 256];
        }
        System.arraycopy(packet, offset, entry.data, 0, length);
        entry.length = length;
        entry.sequenceNumber = sequenceNumber;
        entry.sentNanos = now;
        latest = entry;
        entry.repeatedNanos = Time.NEVER;
        creditQuarterBytes = Math.min(creditQuarterBytes + length, 4L * MAX_CREDIT_BYTES);
    }

    /**
     * The packet that was remembered last, for padding that somebody else keeps within bounds.
     *
     * @param now the time
     * @return the packet, or null if there is none of the last 2 s
     */
    public @Nullable Entry latest(long now) {
        return latest == null || now - latest.sentNanos > MAX_AGE_NANOS ? null : latest;
    }

    /**
     * Takes a packet that may be sent again now; the caller must send it.
     *
     * @param sequenceNumber 0 to 65535
     * @param roundTripNanos the round trip, or -1 if unknown
     * @param overheadBytes what the repetition adds to the packet's own bytes
     * @param now the time
     * @return the packet, or null if it is unknown, too old, was repeated a moment ago, or the budget is used up
     */
    public @Nullable Entry take(int sequenceNumber, long roundTripNanos, int overheadBytes, long now) {
        Entry entry = entries[sequenceNumber & (CAPACITY - 1)];
        if (entry == null || entry.sequenceNumber != sequenceNumber || now - entry.sentNanos > MAX_AGE_NANOS) {
            return null;
        }
        long cooldown = Math.max(roundTripNanos, MIN_COOLDOWN_NANOS);
        if (entry.repeatedNanos != Time.NEVER && now - entry.repeatedNanos < cooldown) {
            return null;
        }
        long cost = 4L * (entry.length + overheadBytes);
        if (cost > creditQuarterBytes) {
            return null;
        }
        creditQuarterBytes -= cost;
        entry.repeatedNanos = now;
        return entry;
    }
}

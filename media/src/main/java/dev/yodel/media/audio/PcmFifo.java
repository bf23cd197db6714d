package dev.yodel.media.audio;

import java.util.Objects;

/** A bounded queue of samples; what does not fit pushes the oldest out. Not thread-safe. */
public final class PcmFifo {
    private final short[] ring;
    private int head;
    private int size;

    /**
     * An empty queue.
     *
     * @param capacity samples, all channels together
     */
    public PcmFifo(int capacity) {
        ring = new short[capacity];
    }

    /**
     * How much waits.
     *
     * @return samples, all channels together
     */
    public int size() {
        return size;
    }

    /**
     * Appends.
     *
     * @param samples copied
     * @param offset first sample
     * @param count how many
     * @return how many of the oldest samples were lost
     */
    public int write(short[] samples, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, samples.length);
        int lost = 0;
        int from = offset;
        int remaining = count;
        if (remaining > ring.length) {
            lost = remaining - ring.length;
            from += lost;
            remaining = ring.length;
        }
        int overflow = Math.max(0, size + remaining - ring.length);
        skip(overflow);
        int tail = (head + size) % ring.length;
        int first = Math.min(remaining, ring.length - tail);
        System.arraycopy(samples, from, ring, tail, first);
        System.arraycopy(samples, from + first, ring, 0, remaining - first);
        size += remaining;
        return lost + overflow;
    }

    /**
     * Takes the oldest samples.
     *
     * @param into gets them
     * @param offset first place
     * @param count how many; at most {@link #size()}
     */
    public void read(short[] into, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, into.length);
        Objects.checkFromIndexSize(0, count, size);
        int first = Math.min(count, ring.length - head);
        System.arraycopy(ring, head, into, offset, first);
        System.arraycopy(ring, 0, into, offset + first, count - first);
        skip(count);
    }

    /**
     * Forgets the oldest samples.
     *
     * @param count how many; at most {@link #size()}
     */
    public void skip(int count) {
        Objects.checkFromIndexSize(0, count, size);
        head = ring.length == 0 ? 0 : (head + count) % ring.length;
        size -= count;
    }
}

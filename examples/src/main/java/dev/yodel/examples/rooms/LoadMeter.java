package dev.yodel.examples.rooms;

import dev.yodel.io.Bytes;
import dev.yodel.media.EncodedFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What was sent, what came, and how long was each frame on its way? Every frame carries the moment in which it was
 * handed to its sender, whose it is and its number; it counts when the receiver has it whole. All of it is one
 * process, so there is one clock. Only frames that were sent between {@link #begin} and {@link #end} count, however
 * late they come. Any thread.
 */
final class LoadMeter {
    /** Behind what a forwarder reads of a VP8 frame (RFC 6386 9.1). */
    private static final int MARK = 16;

    private static final int MARK_BYTES = 16;

    /** Who sends frames: their numbers, and how late our own timer was. */
    static final class Sender {
        private final int id;
        private final int receivers;
        private final Samples lateness = new Samples();
        private int next;
        private int first = Integer.MAX_VALUE;
        private int last = Integer.MAX_VALUE;

        Sender(int id, int receivers) {
            this.id = id;
            this.receivers = receivers;
        }

        /** The next frame, to be handed over now. */
        synchronized EncodedFrame frame(int sizeBytes, boolean key, long durationNanos, long plannedNanos) {
            final byte[] data = new byte[Math.max(64, sizeBytes)];
            data[0] = (byte) (key ? 0x10 : 0x11);
            if (key) {
                data[3] = (byte) 0x9d;
                data[4] = 0x01;
                data[5] = 0x2a;
                data[6] = 64;
                data[8] = 64;
            }
            final long now = System.nanoTime();
            Bytes.put64(data, MARK, now);
            Bytes.put32(data, MARK + 8, id);
            Bytes.put32(data, MARK + 12, next);
            if (counts(next)) {
                lateness.add(now - plannedNanos);
            }
            next++;
            return EncodedFrame.ofDuration(data, durationNanos).withKeyFrame(key);
        }

        private synchronized boolean counts(int number) {
            return number >= first && number < last;
        }

        private synchronized void begin() {
            first = next;
        }

        private synchronized void end() {
            last = next;
        }

        private synchronized long expected() {
            return (long) (last - first) * receivers;
        }
    }

    /** Nanoseconds, many of them. */
    static final class Samples {
        private long[] values = new long[1_024];
        private int count;

        synchronized void add(long nanos) {
            if (count == values.length) {
                values = Arrays.copyOf(values, 2 * count);
            }
            values[count++] = nanos;
        }

        synchronized long[] sorted() {
            final long[] sorted = Arrays.copyOf(values, count);
            Arrays.sort(sorted);
            return sorted;
        }

        /** A quantile in milliseconds, of sorted values. */
        static double millis(long[] sorted, double part) {
            return sorted.length == 0
                    ? Double.NaN
                    : sorted[(int) Math.min(sorted.length - 1, part * sorted.length)] / 1e6;
        }
    }

    private final List<Sender> senders = new ArrayList<>();
    private final Samples delays = new Samples();

    /** One more sender, whose frames so many others are to get. */
    synchronized Sender sender(int receivers) {
        final Sender sender = new Sender(senders.size(), receivers);
        senders.add(sender);
        return sender;
    }

    /** A receiver has a whole frame. */
    void received(EncodedFrame frame) {
        final long now = System.nanoTime();
        final byte[] data = frame.data();
        if (data.length < MARK + MARK_BYTES) {
            return;
        }
        final int id = Bytes.i32(data, MARK + 8);
        final Sender sender;
        synchronized (this) {
            if (id < 0 || id >= senders.size()) {
                return;
            }
            sender = senders.get(id);
        }
        if (sender.counts(Bytes.i32(data, MARK + 12))) {
            delays.add(now - Bytes.i64(data, MARK));
        }
    }

    synchronized void begin() {
        senders.forEach(Sender::begin);
    }

    synchronized void end() {
        senders.forEach(Sender::end);
    }

    /** How many frames all receivers together should have. */
    synchronized long expected() {
        return senders.stream().mapToLong(Sender::expected).sum();
    }

    /** From the hand-over to the whole frame, nanoseconds, sorted; one for each frame and receiver. */
    long[] delays() {
        return delays.sorted();
    }

    /** How much later than planned the senders' timer ran, nanoseconds, sorted: the generator's own strain. */
    synchronized long[] lateness() {
        return senders.stream()
                .flatMapToLong(sender -> Arrays.stream(sender.lateness.sorted()))
                .sorted()
                .toArray();
    }
}

package dev.yodel.examples.rooms;

import dev.yodel.io.Bytes;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.RtpPacketEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was sent, what came, and how long was each frame on its way? Every frame carries the moment in which it was
 * handed to its sender, whose it is and its number, near its beginning and at its end. It counts when a receiver has
 * it whole; it was on its way until its last packet came, for what a receiver's jitter buffer adds is not the way's.
 * The frames of the first sender also go to somebody without the server: the difference of the two ways of one frame is
 * what the server added to it. All of it is one process, so there is one clock. Only frames that were sent between
 * {@link #begin} and {@link #end} count, however late they come. Any thread.
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
            mark(data, MARK, now);
            mark(data, data.length - MARK_BYTES, now);
            if (counts(next)) {
                lateness.add(now - plannedNanos);
            }
            next++;
            return EncodedFrame.ofDuration(data, durationNanos).withKeyFrame(key);
        }

        private void mark(byte[] data, int at, long now) {
            Bytes.put64(data, at, now);
            Bytes.put32(data, at + 8, id);
            Bytes.put32(data, at + 12, next);
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
    private final Samples direct = new Samples();
    /** The ways of the first sender's frames: by the number of the frame, and each with its frame. */
    private final Map<Integer, Long> withoutServer = new HashMap<>();

    private final List<Way> throughServer = new ArrayList<>();
    private long whole;

    private record Way(int frame, long nanos) {}

    /** One more sender, whose frames so many others are to get. */
    synchronized Sender sender(int receivers) {
        final Sender sender = new Sender(senders.size(), receivers);
        senders.add(sender);
        return sender;
    }

    /** A receiver has a whole frame. */
    synchronized void received(EncodedFrame frame) {
        whole += counts(frame.data(), MARK) ? 1 : 0;
    }

    /** A packet came to a receiver by the server. */
    void arrived(RtpPacketEvent event) {
        final long now = System.nanoTime();
        final byte[] data = event.packet();
        final int at = data.length - MARK_BYTES;
        synchronized (this) {
            if (event.marker() && at >= event.payloadOffset() && counts(data, at)) {
                final long took = now - Bytes.i64(data, at);
                delays.add(took);
                if (Bytes.i32(data, at + 8) == 0) {
                    throughServer.add(new Way(Bytes.i32(data, at + 12), took));
                }
            }
        }
    }

    /** A packet of the first sender came without the server. */
    void arrivedWithoutServer(RtpPacketEvent event) {
        final long now = System.nanoTime();
        final byte[] data = event.packet();
        final int at = data.length - MARK_BYTES;
        synchronized (this) {
            if (event.marker() && at >= event.payloadOffset() && counts(data, at)) {
                final long took = now - Bytes.i64(data, at);
                direct.add(took);
                withoutServer.put(Bytes.i32(data, at + 12), took);
            }
        }
    }

    /** Whether what stands there is the mark of a frame that was sent in the measured time. */
    private boolean counts(byte[] data, int at) {
        if (data.length < at + MARK_BYTES) {
            return false;
        }
        final int id = Bytes.i32(data, at + 8);
        return id >= 0 && id < senders.size() && senders.get(id).counts(Bytes.i32(data, at + 12));
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

    /** How many frames came whole, at all receivers together. */
    synchronized long whole() {
        return whole;
    }

    /** From the hand-over to the last packet's arrival, nanoseconds, sorted; one for each frame and receiver. */
    long[] delays() {
        return delays.sorted();
    }

    /** The same of the first sender's frames without the server. */
    long[] delaysWithoutServer() {
        return direct.sorted();
    }

    /** How much longer each frame of the first sender took by the server, to each receiver, sorted. */
    synchronized long[] added() {
        final Samples added = new Samples();
        for (final Way way : throughServer) {
            final Long alone = withoutServer.get(way.frame());
            if (alone != null) {
                added.add(way.nanos() - alone);
            }
        }
        return added.sorted();
    }

    /** How much later than planned the senders' timer ran, nanoseconds, sorted: the generator's own strain. */
    synchronized long[] lateness() {
        return senders.stream()
                .flatMapToLong(sender -> Arrays.stream(sender.lateness.sorted()))
                .sorted()
                .toArray();
    }
}

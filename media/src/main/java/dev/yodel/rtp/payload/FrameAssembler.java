package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts video frames together from parts that come in any order, and hands them out in decoding order: a frame follows the
 * one before it without a gap, or it is a key frame. It knows no codec: the caller says where a frame begins. Bounded:
 * {@link #WINDOW} packets and {@code maxFrameBytes} a frame; older parts make room. Not for sharing between threads.
 */
public final class FrameAssembler {
    /** Most packets held. */
    public static final int WINDOW = 512;

    /** How many later packets a missing one is waited for before a key frame replaces it. */
    static final int REORDERING = 16;

    /**
     * A complete frame. The data is the receiver's own.
     *
     * @param data the frame's bytes, a fresh array
     * @param rtpTimestamp 0 to 2^32-1
     * @param keyFrame whether it can be decoded without others
     * @param firstSequence extended number of its first packet
     * @param lastSequence extended number of its last packet
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    public record Frame(byte[] data, long rtpTimestamp, boolean keyFrame, long firstSequence, long lastSequence) {}

    private static final class Part {
        long sequence = Long.MIN_VALUE;
        long rtpTimestamp;
        boolean start;
        boolean keyFrame;
        boolean end;
        byte[] data = Bytes.EMPTY;
        int length;
    }

    private final int maxFrameBytes;
    private final Part[] parts = new Part[WINDOW];
    private boolean started;
    private long nextFirst;
    private long highest = Long.MIN_VALUE;
    private long framesDropped;

    /**
     * An empty assembler that waits for a key frame.
     *
     * @param maxFrameBytes most bytes of a frame; larger ones are dropped
     */
    public FrameAssembler(int maxFrameBytes) {
        this.maxFrameBytes = maxFrameBytes;
        for (int i = 0; i < WINDOW; i++) {
            parts[i] = new Part();
        }
    }

    /**
     * Takes a part. Frames that it completes are then taken by {@link #poll}.
     *
     * @param sequence extended sequence number
     * @param rtpTimestamp 0 to 2^32-1, the same for all parts of a frame
     * @param start whether it is the first part of a frame
     * @param keyFrame whether that frame is a key frame; only looked at with {@code start}
     * @param end whether it is the last part, the marker bit
     * @param data copied
     * @param offset first byte
     * @param length count of bytes
     */
    public void push(
            long sequence,
            long rtpTimestamp,
            boolean start,
            boolean keyFrame,
            boolean end,
            byte[] data,
            int offset,
            int length) {
        if ((highest != Long.MIN_VALUE && sequence <= highest - WINDOW) || (started && sequence < nextFirst)) {
            return;
        }
        highest = Math.max(highest, sequence);
        Part part = parts[slot(sequence)];
        if (part.sequence == sequence) {
            return;
        }
        if (part.data.length < length) {
            part.data = new byte[length];
        }
        System.arraycopy(data, offset, part.data, 0, length);
        part.length = length;
        part.sequence = sequence;
        part.rtpTimestamp = rtpTimestamp;
        part.start = start;
        part.keyFrame = start && keyFrame;
        part.end = end;
    }

    private static int slot(long sequence) {
        return (int) sequence & (WINDOW - 1);
    }

    private @Nullable Part part(long sequence) {
        Part part = parts[slot(sequence)];
        return part.sequence == sequence ? part : null;
    }

    /**
     * The next frame in decoding order.
     *
     * @return the frame, or null if none is complete and decodable now
     */
    public @Nullable Frame poll() {
        if (highest == Long.MIN_VALUE) {
            return null;
        }
        while (started) {
            long last = complete(nextFirst);
            if (last == Long.MIN_VALUE) {
                break;
            }
            Frame frame = take(nextFirst, last);
            if (frame != null) {
                return frame;
            }
        }
        if (started && highest < nextFirst + REORDERING) {
            return null;
        }
        // The next frame is not there: a later key frame makes what lies before it unnecessary.
        long from = Math.max(started ? nextFirst : Long.MIN_VALUE, highest - WINDOW + 1);
        for (long first = highest; first >= from; first--) {
            Part part = part(first);
            if (part != null && part.keyFrame) {
                long last = complete(first);
                if (last != Long.MIN_VALUE) {
                    if (started && first > nextFirst) {
                        framesDropped++;
                    }
                    Frame frame = take(first, last);
                    if (frame != null) {
                        return frame;
                    }
                }
            }
        }
        return null;
    }

    /** The last packet of the frame that begins at a number, if all of it is there. */
    private long complete(long first) {
        Part start = part(first);
        if (start == null || !start.start) {
            return Long.MIN_VALUE;
        }
        for (long at = first; at < first + WINDOW; at++) {
            Part part = part(at);
            if (part == null || part.rtpTimestamp != start.rtpTimestamp || (part.start && at != first)) {
                return Long.MIN_VALUE;
            }
            if (part.end) {
                return at;
            }
        }
        return Long.MIN_VALUE;
    }

    private @Nullable Frame take(long first, long last) {
        long size = 0;
        for (long at = first; at <= last; at++) {
            size += parts[slot(at)].length;
        }
        Part start = parts[slot(first)];
        long rtpTimestamp = start.rtpTimestamp;
        boolean keyFrame = start.keyFrame;
        byte[] data = size > maxFrameBytes ? Bytes.EMPTY : new byte[(int) size];
        int position = 0;
        for (long at = first; at <= last; at++) {
            Part part = parts[slot(at)];
            if (data.length > 0) {
                System.arraycopy(part.data, 0, data, position, part.length);
                position += part.length;
            }
            part.sequence = Long.MIN_VALUE;
        }
        nextFirst = last + 1;
        if (size > maxFrameBytes) {
            // What follows refers to the dropped frame.
            framesDropped++;
            started = false;
            return null;
        }
        started = true;
        return new Frame(data, rtpTimestamp, keyFrame, first, last);
    }

    /**
     * Whether only a key frame helps: none was handed out so far, or what is missing fell out of the window.
     *
     * @return true if the caller should ask for one
     */
    public boolean needsKeyFrame() {
        return highest != Long.MIN_VALUE && (!started || nextFirst <= highest - WINDOW);
    }

    /**
     * Gaps that were skipped and frames that were too large.
     *
     * @return a count since the beginning
     */
    public long framesDropped() {
        return framesDropped;
    }

    /** Forgets everything, for a sender that started anew. */
    public void reset() {
        for (Part part : parts) {
            part.sequence = Long.MIN_VALUE;
        }
        started = false;
        highest = Long.MIN_VALUE;
    }

    /** Bytes held now, for tests of the bound. */
    long bytesHeld() {
        return Arrays.stream(parts).mapToLong(part -> part.data.length).sum();
    }
}

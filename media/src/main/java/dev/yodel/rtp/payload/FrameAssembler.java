package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts video frames together from packets that come in any order, and hands them out in decoding order: a frame follows the
 * one before it without a gap, or it is a key frame. What a payload means is its {@link Depacketizer}'s knowledge. Bounded:
 * {@link #WINDOW} packets and {@code maxFrameBytes} a frame; older packets make room. Not for sharing between threads.
 */
public final class FrameAssembler {
    /** Most packets held. */
    public static final int WINDOW = 2048;

    /** How many later packets a missing one is waited for before a key frame replaces it. */
    static final int REORDERING = 16;

    /** What did not come before so many later packets is not coming any more. */
    private static final int STALLED = 512;

    private static final int MAX_SPARE = 32;
    private static final int USUAL_PACKET = 1_200;

    /** Most parity packets between two pictures. */
    private static final int MAX_PARITY = 64;

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
        int picture;
        byte[] data = Bytes.EMPTY;
        int length;
    }

    private final Depacketizer depacketizer;
    private final FrameBytes frameBytes;
    private final Part[] parts = new Part[WINDOW];

    /** Arrays of packets whose frames were handed out, so that a stream holds what waits, and not a window. */
    private final byte[][] spare = new byte[MAX_SPARE][];

    private int spares;
    private boolean started;
    private long nextFirst;
    private long highest = Long.MIN_VALUE;
    private long framesDropped;
    private long malformed;
    private boolean foundKeyFrame;
    private int lastPicture = -1;

    /**
     * An empty assembler that waits for a key frame.
     *
     * @param depacketizer the codec's, not shared
     * @param maxFrameBytes most bytes of a frame; larger ones are dropped
     */
    public FrameAssembler(Depacketizer depacketizer, int maxFrameBytes) {
        this.depacketizer = depacketizer;
        this.frameBytes = new FrameBytes(maxFrameBytes);
        for (int i = 0; i < WINDOW; i++) {
            parts[i] = new Part();
        }
    }

    /**
     * Takes a packet. Frames that it completes are then taken by {@link #poll}.
     *
     * @param sequence extended sequence number
     * @param rtpTimestamp 0 to 2^32-1, the same for all packets of a frame
     * @param marker whether it is the last packet of a frame
     * @param payload copied
     * @param offset first byte
     * @param length count of bytes; 0 for a packet that only pads
     */
    public void push(long sequence, long rtpTimestamp, boolean marker, byte[] payload, int offset, int length) {
        if ((highest != Long.MIN_VALUE && sequence <= highest - WINDOW) || (started && sequence < nextFirst)) {
            return;
        }
        Part part = parts[slot(sequence)];
        if (part.sequence == sequence) {
            return;
        }
        if (length > 0 && !depacketizer.read(payload, offset, length)) {
            malformed++;
            return;
        }
        highest = Math.max(highest, sequence);
        if (part.data.length < length) {
            part.data = room(length);
        }
        System.arraycopy(payload, offset, part.data, 0, length);
        part.length = length;
        part.sequence = sequence;
        part.rtpTimestamp = rtpTimestamp;
        part.start = length > 0 && depacketizer.startsFrame();
        part.keyFrame = length > 0 && depacketizer.keyFrame();
        part.end = marker && length > 0;
        part.picture = length > 0 ? depacketizer.pictureNumber() : -1;
    }

    private byte[] room(int length) {
        if (length > USUAL_PACKET) {
            return new byte[length];
        }
        return spares > 0 ? spare[--spares] : new byte[USUAL_PACKET];
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
            if (last == Long.MIN_VALUE && skipNothing()) {
                last = complete(nextFirst);
            }
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
        // Looked for backwards, and only what has an end and a key frame's payload behind it is looked at closely: a
        // sender that begins frames and never ends them costs one look at each packet.
        boolean ended = false;
        boolean key = false;
        long timestamp = 0;
        for (long first = highest; first >= from; first--) {
            Part part = part(first);
            if (part == null) {
                ended = false;
                continue;
            }
            if (part.end) {
                ended = true;
                key = false;
                timestamp = part.rtpTimestamp;
            } else if (part.length > 0 && part.rtpTimestamp != timestamp) {
                ended = false;
            }
            key |= part.keyFrame;
            if (!ended || !key || !isStart(first, part)) {
                continue;
            }
            long last = complete(first);
            if (last != Long.MIN_VALUE && foundKeyFrame) {
                if (started && first > nextFirst) {
                    framesDropped++;
                }
                Frame frame = take(first, last);
                if (frame != null) {
                    return frame;
                }
            }
        }
        return null;
    }

    /**
     * RFC 5109 14.1: parity shares the count of its media, and lost parity must not stop the picture. Where the
     * picture that follows the gap is the next one by its own number, nothing but parity was lost.
     */
    private boolean skipNothing() {
        long until = Math.min(highest, nextFirst + MAX_PARITY);
        for (long first = nextFirst; first <= until; first++) {
            Part part = part(first);
            if (part == null || part.length == 0) {
                continue;
            }
            boolean next = first > nextFirst
                    && part.start
                    && lastPicture >= 0
                    && part.picture == (lastPicture + 1 & 0x7f)
                    && complete(first) != Long.MIN_VALUE;
            if (next) {
                nextFirst = first;
            }
            return next;
        }
        return false;
    }

    /** The payload says so, or the packet before it belongs to another frame. */
    private boolean isStart(long sequence, Part part) {
        if (part.length == 0) {
            return false;
        }
        if (part.start || (started && sequence == nextFirst)) {
            return true;
        }
        Part before = part(sequence - 1);
        return before != null && (before.end || (before.length > 0 && before.rtpTimestamp != part.rtpTimestamp));
    }

    /**
     * The last packet of the frame that begins at a number, if all of it is there; then {@link #foundKeyFrame} is
     * right too.
     */
    private long complete(long from) {
        long first = from;
        Part start = part(first);
        // What only pads stands between frames, and belongs to none.
        while (start != null && start.length == 0) {
            start = part(++first);
        }
        if (start == null || !(isStart(first, start) || (started && from == nextFirst))) {
            return Long.MIN_VALUE;
        }
        foundKeyFrame = false;
        for (long at = first; at < from + WINDOW; at++) {
            Part part = part(at);
            if (part == null || (part.length > 0 && part.rtpTimestamp != start.rtpTimestamp)) {
                return Long.MIN_VALUE;
            }
            foundKeyFrame |= part.keyFrame;
            if (part.end) {
                return at;
            }
        }
        return Long.MIN_VALUE;
    }

    private @Nullable Frame take(long first, long last) {
        boolean keyFrame = foundKeyFrame;
        long rtpTimestamp = parts[slot(last)].rtpTimestamp;
        boolean fits = true;
        frameBytes.clear();
        depacketizer.begin();
        for (long at = first; at <= last; at++) {
            Part part = parts[slot(at)];
            fits = fits && (part.length == 0 || depacketizer.append(part.data, 0, part.length, frameBytes));
            part.sequence = Long.MIN_VALUE;
            if (part.data.length == USUAL_PACKET && spares < MAX_SPARE) {
                spare[spares++] = part.data;
            }
            part.data = Bytes.EMPTY;
        }
        fits = fits && depacketizer.end(frameBytes) && !frameBytes.overflowed() && frameBytes.length() > 0;
        nextFirst = last + 1;
        lastPicture = parts[slot(last)].picture;
        if (!fits) {
            // What follows refers to the dropped frame.
            framesDropped++;
            started = false;
            return null;
        }
        started = true;
        return new Frame(frameBytes.take(), rtpTimestamp, keyFrame, first, last);
    }

    /**
     * Whether only a key frame helps: none was handed out so far, or what is missing has not come for long.
     *
     * @return true if the caller should ask for one
     */
    public boolean needsKeyFrame() {
        return highest != Long.MIN_VALUE && (!started || nextFirst <= highest - STALLED);
    }

    /**
     * Gaps that were skipped and frames that were too large.
     *
     * @return a count since the beginning
     */
    public long framesDropped() {
        return framesDropped;
    }

    /**
     * Payloads that the format does not allow.
     *
     * @return a count since the beginning
     */
    public long malformed() {
        return malformed;
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

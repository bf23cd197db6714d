package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;

/**
 * Writes payloads of redundant audio (RFC 2198): each frame together with the frames before it, so that one packet, or two
 * in a row, may be lost. It sends nothing. Not for sharing between threads.
 */
public final class RedWriter {
    /** The field has ten bits. */
    private static final int MAX_BLOCK = 1023;

    /** The field has fourteen bits. */
    private static final int MAX_OFFSET = 0x3fff;

    private static final int HEADER = 4;

    private final byte[][] frames;
    private final int[] lengths;
    private final int[] timestamps;
    private int held;
    private int newest;

    /**
     * A writer that has seen nothing.
     *
     * @param levels how many frames before it a packet repeats, 1 or 2
     */
    public RedWriter(int levels) {
        if (levels < 1 || levels > 2) {
            throw new IllegalArgumentException("a packet repeats 1 or 2 frames, not " + levels);
        }
        frames = new byte[levels][MAX_BLOCK];
        lengths = new int[levels];
        timestamps = new int[levels];
    }

    /** Forgets what was sent: what comes next has nothing to do with it. */
    public void reset() {
        held = 0;
    }

    /**
     * Writes the payload for the next frame, and remembers the frame.
     *
     * @param payloadType of the frames, 0 to 127
     * @param frame copied
     * @param offset first byte
     * @param length count of bytes
     * @param rtpTimestamp of the frame
     * @param into gets the payload
     * @param at first byte
     * @param room most bytes of the payload; what is old is left out rather than to exceed it
     * @return bytes written, 0 if not even the frame fits
     */
    public int write(
            int payloadType, byte[] frame, int offset, int length, int rtpTimestamp, byte[] into, int at, int room) {
        int size = 1 + length;
        if (length == 0 || size > room) {
            return 0;
        }
        int levels = 0;
        // From the youngest on: what comes before one that does not fit would be taken for it.
        while (levels < held) {
            int index = index(levels);
            int age = rtpTimestamp - timestamps[index];
            if (age <= 0 || age > MAX_OFFSET || size + HEADER + lengths[index] > room) {
                break;
            }
            size += HEADER + lengths[index];
            levels++;
        }
        int head = at;
        int body = at + HEADER * levels + 1;
        for (int level = levels - 1; level >= 0; level--) {
            int index = index(level);
            into[head] = (byte) (0x80 | payloadType);
            Bytes.put24(into, head + 1, (rtpTimestamp - timestamps[index]) << 10 | lengths[index]);
            System.arraycopy(frames[index], 0, into, body, lengths[index]);
            head += HEADER;
            body += lengths[index];
        }
        into[head] = (byte) payloadType;
        System.arraycopy(frame, offset, into, body, length);
        remember(frame, offset, length, rtpTimestamp);
        return size;
    }

    private int index(int level) {
        return (newest - level + frames.length) % frames.length;
    }

    private void remember(byte[] frame, int offset, int length, int rtpTimestamp) {
        newest = (newest + 1) % frames.length;
        // One that is too long is remembered as empty: it keeps its place, and says nothing.
        int kept = length > MAX_BLOCK ? 0 : length;
        System.arraycopy(frame, offset, frames[newest], 0, kept);
        lengths[newest] = kept;
        timestamps[newest] = rtpTimestamp;
        held = Math.min(frames.length, held + 1);
    }
}

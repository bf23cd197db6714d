package dev.yodel.ice;

import dev.yodel.io.Bytes;

/**
 * Where does a message end in a stream between peers (RFC 4571: 16 bits of length, then the bytes)? Holds at most one
 * frame and what came with it. It understands no message.
 */
final class StreamFrames {
    static final int HEADER_LENGTH = 2;
    /** What the length can say. */
    static final int LONGEST = 65_535;

    private byte[] data = new byte[0];
    private int start;
    private int end;
    private int longest;
    private boolean broken;
    private int frameOffset;
    private int frameLength;

    /** Frames that are longer than this break the stream. */
    StreamFrames(int longest) {
        this.longest = longest;
    }

    void longest(int bytes) {
        longest = bytes;
    }

    /** Bytes have come, in any segmentation; drain {@link #next} before the next call. */
    void handleBytes(byte[] source, int offset, int length) {
        if (broken) {
            return;
        }
        int kept = end - start;
        if (data.length < kept + length) {
            byte[] target = new byte[Math.max(256, kept + length)];
            System.arraycopy(data, start, target, 0, kept);
            data = target;
        } else if (start > 0) {
            System.arraycopy(data, start, data, 0, kept);
        }
        System.arraycopy(source, offset, data, kept, length);
        start = 0;
        end = kept + length;
    }

    /** Moves to the next whole frame that is not empty; false if there is none. */
    boolean next() {
        while (!broken && end - start >= HEADER_LENGTH) {
            int length = Bytes.u16(data, start);
            if (length > longest) {
                broken = true;
                data = new byte[0];
                return false;
            }
            if (end - start < HEADER_LENGTH + length) {
                return false;
            }
            frameOffset = start + HEADER_LENGTH;
            frameLength = length;
            start += HEADER_LENGTH + length;
            if (length > 0) {
                return true;
            }
        }
        if (start == end) {
            // An idle stream keeps no buffer.
            data = new byte[0];
            start = 0;
            end = 0;
        }
        return false;
    }

    boolean isBroken() {
        return broken;
    }

    /** Bytes that are held back for want of the rest. */
    int heldBytes() {
        return end - start;
    }

    byte[] data() {
        return data;
    }

    int offset() {
        return frameOffset;
    }

    int length() {
        return frameLength;
    }

    static void writeHeader(byte[] into, int offset, int length) {
        into[offset] = (byte) (length >> 8);
        into[offset + 1] = (byte) length;
    }

    /** The message with its length before it. */
    static byte[] framed(byte[] message) {
        byte[] frame = new byte[HEADER_LENGTH + message.length];
        writeHeader(frame, 0, message.length);
        System.arraycopy(message, 0, frame, HEADER_LENGTH, message.length);
        return frame;
    }
}

package dev.yodel.ice.turn;

import dev.yodel.ice.stun.StunMessage;
import dev.yodel.io.Bytes;
import java.util.Arrays;

/**
 * Cuts the bytes of a TURN stream into STUN messages and ChannelData messages (RFC 8489 section 6.2.2, RFC 8656 section
 * 12.5: over a stream ChannelData is padded to four). It understands neither. Holds at most one frame of the given size
 * and what came with it. One thread only.
 */
public final class TurnFrames {
    private static final int FIRST_BYTES = 2048;

    /** The longest frame: a STUN message of 65,535 bytes and its header, padded. */
    public static final int LONGEST = 65_556;

    private byte[] data = new byte[FIRST_BYTES];
    private int start;
    private int end;
    private int longest;
    private boolean broken;
    private int frameOffset;
    private int frameLength;

    /**
     * Nothing has come yet.
     *
     * @param longest bytes of the longest frame to accept, at most {@link #LONGEST}
     */
    public TurnFrames(int longest) {
        this.longest = longest;
    }

    /**
     * Accepts longer frames from now on.
     *
     * @param bytes of the longest frame
     */
    public void longest(int bytes) {
        longest = bytes;
    }

    /**
     * Bytes have come, in any segmentation. Drain {@link #next()} before the next call.
     *
     * @param source copied
     * @param offset first byte
     * @param length count of bytes
     */
    public void handleBytes(byte[] source, int offset, int length) {
        if (broken) {
            return;
        }
        if (data.length - end < length) {
            byte[] target = end - start + length <= data.length
                    ? data
                    : new byte[Math.max(2 * data.length, end - start + length)];
            System.arraycopy(data, start, target, 0, end - start);
            end -= start;
            start = 0;
            data = target;
        }
        System.arraycopy(source, offset, data, end, length);
        end += length;
    }

    /**
     * Moves to the next whole frame.
     *
     * @return true if there is one, at {@link #offset()} in {@link #data()}
     */
    public boolean next() {
        if (broken || end - start < 4) {
            shrink();
            return false;
        }
        int length = frameLength();
        if (length < 0 || length > longest) {
            broken = true;
            return false;
        }
        int padded = length + 3 & ~3;
        if (end - start < padded) {
            shrink();
            return false;
        }
        frameOffset = start;
        frameLength = length;
        start += padded;
        return true;
    }

    private int frameLength() {
        int first = Bytes.u16(data, start);
        int following = Bytes.u16(data, start + 2);
        if ((first & 0xC000) == 0) {
            return (following & 3) == 0 ? StunMessage.HEADER_LENGTH + following : -1;
        }
        return first >= ChannelData.FIRST_CHANNEL && first <= ChannelData.LAST_OLD_CHANNEL
                ? ChannelData.HEADER_LENGTH + following
                : -1;
    }

    /** One long frame does not cost its memory for ever. */
    private void shrink() {
        if (start == end) {
            start = 0;
            end = 0;
            if (data.length > 8 * FIRST_BYTES) {
                data = new byte[FIRST_BYTES];
            }
        }
    }

    /**
     * The array that holds the frame.
     *
     * @return valid until the next call of {@link #next} or {@link #handleBytes}
     */
    public byte[] data() {
        return data;
    }

    /**
     * The frame's first byte.
     *
     * @return an index
     */
    public int offset() {
        return frameOffset;
    }

    /**
     * The frame's length, without padding.
     *
     * @return count of bytes
     */
    public int length() {
        return frameLength;
    }

    /**
     * Whether something came that is no TURN, or too long; nothing is accepted any more.
     *
     * @return true for ever, once it is
     */
    public boolean isBroken() {
        return broken;
    }

    /**
     * Whether a frame has begun and is not whole yet.
     *
     * @return true if bytes wait
     */
    public boolean isPartial() {
        return end > start;
    }

    /**
     * A message with the padding that a stream needs.
     *
     * @param message STUN or ChannelData
     * @return the message itself if its length is a multiple of four
     */
    static byte[] padded(byte[] message) {
        return (message.length & 3) == 0 ? message : Arrays.copyOf(message, message.length + 3 & ~3);
    }

    @Override
    public String toString() {
        return "TurnFrames[" + (end - start) + " bytes wait" + (broken ? ", broken]" : "]");
    }
}

package dev.yodel.rtp;

import dev.yodel.io.Bytes;
import java.util.Arrays;

/** Values of frame extensions as bytes, re-used: of a packet that is relayed, or of the frame that is written next. */
final class FrameExtensionValues {
    private static final int CAPACITY = 320;

    private static final int MAX_RELAYED = 320;

    byte[] data = Bytes.EMPTY;
    final int[] at = new int[FrameExtension.COUNT];
    final int[] length = new int[FrameExtension.COUNT];
    private byte[] own = Bytes.EMPTY;
    private int used;
    private boolean empty = true;

    /** Where the frame number goes that replaces the descriptor's, or -1. */
    int frameNumber = -1;

    void clear() {
        if (!empty) {
            Arrays.fill(length, 0);
            empty = true;
        }
        used = 0;
        frameNumber = -1;
    }

    boolean isEmpty() {
        return empty;
    }

    /** Points at one value; all that are borrowed stand in the same array. */
    void borrow(FrameExtension extension, byte[] from, int offset, int count) {
        data = from;
        at[extension.index] = offset;
        length[extension.index] = count;
        empty &= count == 0;
    }

    /** Points at the values of a packet. */
    void borrow(ReceivedPacket packet) {
        clear();
        frameNumber = packet.frameNumber;
        int present = packet.extensions & ~(1 << FrameExtension.LAYERS_ALLOCATION.index);
        if (present == 0) {
            return;
        }
        empty = false;
        if (data != packet.data) {
            data = packet.data;
        }
        int sum = 0;
        for (int i = 0; i < FrameExtension.COUNT; i++) {
            if ((present >> i & 1) != 0) {
                at[i] = packet.packetOffset + packet.extensionAt[i];
                length[i] = packet.extensionLength[i];
                sum += length[i];
            }
        }
        if (sum > MAX_RELAYED) {
            // What no sender says of a frame is not handed on.
            clear();
        }
    }

    /** Copies a value; false if it has no room. */
    boolean put(FrameExtension extension, byte[] value) {
        if (own.length == 0) {
            own = new byte[CAPACITY];
        }
        if (value.length == 0 || value.length > 255 || used + value.length > CAPACITY) {
            return false;
        }
        data = own;
        System.arraycopy(value, 0, own, used, value.length);
        at[extension.index] = used;
        length[extension.index] = value.length;
        used += value.length;
        empty = false;
        return true;
    }
}

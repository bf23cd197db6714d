package dev.yodel.dtls.engine;

import dev.yodel.io.Bytes;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Which whole handshake message comes next? It takes fragments in any order, overlapping or repeated, and gives messages
 * in the order of their numbers (RFC 6347 4.2.2, 4.2.3), within fixed limits on everything an unauthenticated peer chooses.
 * Of overlapping bytes the first to come stay. It does not judge the messages.
 *
 * <p>It stands in front of the TLS library, whose own reassembly trusts the lengths it is told and is quadratic in the
 * count of fragments; behind this class it only ever sees whole messages.
 */
public final class HandshakeAssembler {
    /** The longest message that is taken. */
    public static final int MAX_MESSAGE_BYTES = 32 * 1024;

    /** The most bytes of all messages of an association together, with what says which of their bytes are there. */
    public static final int MAX_TOTAL_BYTES = 64 * 1024;

    /** The most messages of an association: an honest peer sends 5 to 8. */
    public static final int MAX_MESSAGES = 16;

    /** How far ahead of the next message a fragment may be. */
    public static final int MAX_AHEAD = 10;

    /** The most fragments looked at in the life of an association: an honest peer needs some hundreds. */
    public static final int MAX_FRAGMENTS = 4096;

    /** A slot's objects and the headers of its arrays. */
    private static final int SLOT_BYTES = 128;

    /** What became of a fragment. */
    public enum Verdict {
        /** It is part of a message to come. */
        TAKEN,
        /** It belongs to a message that was complete before: the peer repeats its flight. */
        REPEATED,
        /** It is malformed, or beyond a limit. */
        REFUSED
    }

    private final Slot[] slots = new Slot[MAX_AHEAD];
    private int next;
    /** What all messages begun so far hold. */
    private int totalBytes;

    private int fragments;

    /** The number of the next message to be given out. */
    public int nextSeq() {
        return next;
    }

    /** What all messages begun so far hold in bytes, an upper bound of what is held. */
    public int totalBytes() {
        return totalBytes;
    }

    /**
     * Takes one fragment with its header.
     *
     * @param epoch the epoch of its record
     * @param data borrowed for this call
     * @param at the handshake header
     * @param limit end of the record's payload; the fragment lies within it
     * @return what became of it
     */
    public Verdict offer(int epoch, byte[] data, int at, int limit) {
        int fragmentLength = fragmentLength(data, at, limit);
        if (fragmentLength < 0 || ++fragments > MAX_FRAGMENTS) {
            return Verdict.REFUSED;
        }
        int type = Bytes.u8(data, at);
        int length = Bytes.u24(data, at + 1);
        int seq = Bytes.u16(data, at + 4);
        int offset = Bytes.u24(data, at + 6);
        if (seq < next) {
            return Verdict.REPEATED;
        }
        if (seq >= next + MAX_AHEAD
                || seq >= MAX_MESSAGES
                || length > MAX_MESSAGE_BYTES
                || offset + fragmentLength > length
                || (fragmentLength == 0 && length != 0)) {
            return Verdict.REFUSED;
        }
        Slot slot = slots[seq % MAX_AHEAD];
        if (slot == null) {
            int held = length + length / 8 + SLOT_BYTES;
            if (totalBytes + held > MAX_TOTAL_BYTES) {
                return Verdict.REFUSED;
            }
            slot = new Slot(type, epoch, length);
            slots[seq % MAX_AHEAD] = slot;
            totalBytes += held;
        } else if (slot.type != type || slot.epoch != epoch || slot.body.length != length) {
            return Verdict.REFUSED;
        }
        slot.fill(data, at + Wire.HANDSHAKE_HEADER_BYTES, offset, fragmentLength);
        return Verdict.TAKEN;
    }

    /**
     * Reads how long a fragment is.
     *
     * @return its length without the header, -1 if it does not lie within the record
     */
    public static int fragmentLength(byte[] data, int at, int limit) {
        if (limit - at < Wire.HANDSHAKE_HEADER_BYTES) {
            return -1;
        }
        int length = Bytes.u24(data, at + 9);
        return length > limit - at - Wire.HANDSHAKE_HEADER_BYTES ? -1 : length;
    }

    /**
     * Takes the next message if it is complete.
     *
     * @return the message, null if a part of it is missing
     */
    public @Nullable HandshakeMessage poll() {
        Slot slot = slots[next % MAX_AHEAD];
        if (slot == null || slot.missing > 0) {
            return null;
        }
        slots[next % MAX_AHEAD] = null;
        HandshakeMessage message = new HandshakeMessage(slot.type, next, slot.epoch, slot.body);
        next++;
        return message;
    }

    /** One message that is being put together. */
    private static final class Slot {
        final int type;
        final int epoch;
        final byte[] body;
        /** Which bytes are there; null until a first fragment leaves a gap. */
        private @Nullable BitSet present;

        int missing;
        private boolean empty = true;

        Slot(int type, int epoch, int length) {
            this.type = type;
            this.epoch = epoch;
            this.body = new byte[length];
            this.missing = length;
        }

        void fill(byte[] data, int at, int offset, int length) {
            if (empty && length == body.length) {
                System.arraycopy(data, at, body, 0, length);
                empty = false;
                missing = 0;
                return;
            }
            if (missing == 0) {
                return;
            }
            empty = false;
            BitSet bits = present;
            if (bits == null) {
                bits = new BitSet(body.length);
                present = bits;
            }
            int end = offset + length;
            for (int from = bits.nextClearBit(offset); from < end; from = bits.nextClearBit(from)) {
                int to = bits.nextSetBit(from);
                to = to < 0 || to > end ? end : to;
                System.arraycopy(data, at + from - offset, body, from, to - from);
                bits.set(from, to);
                missing -= to - from;
            }
        }
    }
}

package dev.yodel.sctp.rx;

import dev.yodel.sctp.packet.DataChunk;
import org.jspecify.annotations.Nullable;

/**
 * Which messages are whole, or far enough for a piece of them, and in their turn? It does not acknowledge and does not
 * judge TSNs: each comes once. Its heap is counted with what keeping a piece costs besides its bytes. RFC 9260 6.5, 6.6,
 * 6.9; RFC 8260 2.2.
 */
sealed interface Reassembly permits TsnReassembly, InterleavedReassembly {
    /** What a piece costs beside its payload: array, queue or tree entry, boxed number. */
    int PIECE_OVERHEAD_BYTES = 96;

    /** What a message that is not whole costs beside its pieces. */
    int PARTIAL_OVERHEAD_BYTES = 320;

    /** Takes a piece; its bytes are copied. */
    @Nullable
    Violation add(DataChunk chunk, long tsn);

    /** The peer begins a stream anew: its numbers start at 0. RFC 6525 5.2.2. */
    void resetStream(int streamId);

    /** Like {@link #resetStream} for all streams. */
    void resetAllStreams();

    /** A stream's messages come in pieces now, or no more. */
    void thresholdChanged(int streamId);
}

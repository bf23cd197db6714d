package dev.yodel.sctp.state;

import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.InitChunk;
import dev.yodel.sctp.packet.OpaqueChunk;
import dev.yodel.sctp.packet.PacketBuilder;
import dev.yodel.sctp.packet.SctpPacket;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Which control chunks wait to be sent? It decides nothing about data, SACKs and stream resets. */
public final class ControlQueue {
    private static final int MAX_ANSWERS = 16;

    private final Counts counts;
    private final int packetBytes;
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    /** Answers to INITs: each goes alone with the tag that its INIT asked for. */
    private final ArrayDeque<InitAnswer> initAnswers = new ArrayDeque<>();

    /** An INIT ACK and the tag of its packet. */
    public record InitAnswer(int tag, InitChunk chunk) {}

    public ControlQueue(Counts counts, int packetBytes) {
        this.counts = counts;
        this.packetBytes = packetBytes;
    }

    public void clear() {
        chunks.clear();
        initAnswers.clear();
    }

    /** Drops what waits but the answers to INITs. */
    public void clearChunks() {
        chunks.clear();
    }

    /** Adds what we send of our own accord. */
    public void add(Chunk chunk) {
        chunks.add(chunk);
    }

    /** C15: answers are no larger than what they answer, and at most 16 wait. */
    public void answer(Chunk chunk) {
        if (chunks.size() < MAX_ANSWERS && chunk.paddedBytes() + SctpPacket.HEADER_BYTES <= packetBytes) {
            chunks.add(chunk);
        } else {
            counts.droppedChunks++;
        }
    }

    /**
     * RFC 9260 3.2, 3.3.10: tells the peer of a mistake. C15: all complaints together are no larger than all that came.
     */
    public void report(byte[] cause) {
        OpaqueChunk error = new OpaqueChunk(ChunkType.ERROR, 0, cause);
        int bytes = error.paddedBytes() + SctpPacket.HEADER_BYTES;
        if (counts.reportBytes + bytes > counts.bytesReceived) {
            counts.droppedChunks++;
            return;
        }
        counts.reportBytes += bytes;
        answer(error);
    }

    boolean takesInitAnswers() {
        return initAnswers.size() < MAX_ANSWERS;
    }

    void answerInit(int tag, InitChunk chunk) {
        initAnswers.add(new InitAnswer(tag, chunk));
    }

    /** The next answer to an INIT, or null. */
    public @Nullable InitAnswer pollInitAnswer() {
        return initAnswers.poll();
    }

    /** Puts what fits into a packet; whether nothing is left over. */
    public boolean drainTo(PacketBuilder packet) {
        Chunk first = chunks.peek();
        while (first != null && first.paddedBytes() <= packet.remaining()) {
            packet.put(first);
            chunks.remove();
            first = chunks.peek();
        }
        return first == null;
    }
}

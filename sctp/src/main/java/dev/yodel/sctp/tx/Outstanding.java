package dev.yodel.sctp.tx;

import dev.yodel.sctp.packet.TsnSet;

/**
 * What was sent and is not acknowledged to the end? A chunk is found by its TSN, the oldest sending and the lowest lost TSN
 * at once: nothing here looks at all chunks. It judges no report of the peer. RFC 9260 6.1, 6.2.1.
 */
final class Outstanding {
    /** A gap block counts in 16 bits from the cumulative TSN: what lies farther could not be reported. */
    static final int MAX_CHUNKS = 0xffff;

    private static final int SMALL_RING = 64;
    /** A ring that was larger than this is given back when all is acknowledged. */
    private static final int LARGE_RING = 1024;

    /** By TSN; the length is a power of two. Objects are used again. */
    private OutChunk[] ring = new OutChunk[SMALL_RING];

    /** What is acknowledged beyond the cumulative TSN. */
    final TsnSet reported;

    /** What is under way, the oldest sending first. */
    final ChunkList underWay = new ChunkList();

    /** What is to be sent again, the lowest TSN first. */
    final ChunkList lost = new ChunkList();

    private long cumulative;
    private long next;
    private long flightBytes;
    private long lostBytes;
    private long heapBytes;

    Outstanding(long firstTsn) {
        next = firstTsn;
        cumulative = firstTsn - 1;
        reported = new TsnSet(cumulative);
    }

    long cumulative() {
        return cumulative;
    }

    long next() {
        return next;
    }

    long flightBytes() {
        return flightBytes;
    }

    /** What the peer has not acknowledged in any way, and we have not given up. */
    long unacknowledgedBytes() {
        return flightBytes + lostBytes;
    }

    long heapBytes() {
        return heapBytes;
    }

    boolean isEmpty() {
        return cumulative == next - 1;
    }

    boolean isFull() {
        return next - cumulative > MAX_CHUNKS;
    }

    OutChunk at(long tsn) {
        return ring[(int) tsn & (ring.length - 1)];
    }

    /** Gives a piece of a message the next TSN. It is abandoned until it is sent. */
    OutChunk append(OutMessage message, int offset, int length) {
        if (next - cumulative > ring.length) {
            OutChunk[] larger = new OutChunk[2 * ring.length];
            for (long tsn = cumulative + 1; tsn < next; tsn++) {
                larger[(int) tsn & (larger.length - 1)] = at(tsn);
            }
            ring = larger;
        }
        int slot = (int) next & (ring.length - 1);
        OutChunk chunk = ring[slot];
        if (chunk == null) {
            chunk = new OutChunk();
            ring[slot] = chunk;
        }
        chunk.begin(next, message, offset, length);
        if (message.firstTsn < 0) {
            message.firstTsn = next;
        }
        message.lastTsn = next;
        next++;
        heapBytes += length + (long) SendQueue.OVERHEAD_BYTES;
        return chunk;
    }

    private void leave(OutChunk chunk) {
        if (chunk.state == OutChunk.State.IN_FLIGHT) {
            underWay.remove(chunk);
            flightBytes -= chunk.length;
        } else if (chunk.state == OutChunk.State.LOST) {
            lost.remove(chunk);
            lostBytes -= chunk.length;
        }
    }

    /** Notes that a chunk is put into a packet. */
    void sent(OutChunk chunk, long packetNumber, long now) {
        leave(chunk);
        chunk.state = OutChunk.State.IN_FLIGHT;
        chunk.sends++;
        chunk.sentAt = now;
        chunk.packetNumber = packetNumber;
        flightBytes += chunk.length;
        underWay.addLast(chunk);
    }

    void lose(OutChunk chunk) {
        leave(chunk);
        chunk.state = OutChunk.State.LOST;
        lost.addByTsn(chunk);
        lostBytes += chunk.length;
    }

    /** A chunk that was taken for lost is under way after all, before all that was sent since. */
    void find(OutChunk chunk) {
        leave(chunk);
        chunk.state = OutChunk.State.IN_FLIGHT;
        flightBytes += chunk.length;
        underWay.addFirst(chunk);
    }

    void acknowledge(OutChunk chunk) {
        leave(chunk);
        chunk.state = OutChunk.State.ACKNOWLEDGED;
    }

    void abandon(OutChunk chunk) {
        leave(chunk);
        chunk.state = OutChunk.State.ABANDONED;
    }

    /** Moves the cumulative TSN up, over chunks that are under way no more. */
    void advanceTo(long newCumulative) {
        while (cumulative < newCumulative) {
            cumulative++;
            OutChunk chunk = at(cumulative);
            heapBytes -= chunk.length + (long) SendQueue.OVERHEAD_BYTES;
            chunk.end();
        }
        reported.advance(cumulative);
        if (isEmpty() && ring.length > LARGE_RING) {
            ring = new OutChunk[SMALL_RING];
        }
    }
}

package dev.yodel.sctp.state;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.OpaqueChunk;
import dev.yodel.sctp.packet.PacketBuilder;
import dev.yodel.sctp.packet.PadChunk;

/**
 * How large may a packet be? The base size is taken to work; larger ones are proved by probes, a HEARTBEAT with padding
 * behind it, while there is enough to send, and given up when data is not answered. A lost probe says nothing about
 * congestion. It does not know what the path is. RFC 8899 5, 6.2; RFC 4820.
 */
public final class PathMtu {
    /** RFC 8899 5.1.2. */
    private static final int MAX_PROBES = 3;
    /** RFC 8899 5.1.1: the probe timer is never less than a second. */
    private static final long MIN_PROBE_NANOS = Time.SECOND;

    /** RFC 8899 5.1.1: when it is tried again whether the path takes more. */
    private static final long RAISE_NANOS = 600 * Time.SECOND;

    /** A gain that is not worth another probe. */
    private static final int STEP_BYTES = 32;

    /** The length tells it from the information of a heartbeat that measures. */
    private static final int INFORMATION_BYTES = 16;

    private final int baseBytes;
    private final RandomSource random;
    private final RetransmissionWait wait;
    private final Deadlines deadlines;
    private final Counts counts;
    /** What works. */
    private int bytes;
    /** What may work at most, as the owner says. */
    private int limitBytes;
    /** What is known, for now, not to work. */
    private int refusedBytes;
    /** What is being tried; 0 when the search rests. */
    private int triedBytes;

    private int probesSent;
    private long nonce;
    private boolean probeDue;
    private boolean begun;
    private boolean allowed;

    /** How long an answer may take. */
    @FunctionalInterface
    public interface RetransmissionWait {
        long nanos();
    }

    public PathMtu(int baseBytes, RandomSource random, RetransmissionWait wait, Deadlines deadlines, Counts counts) {
        this.baseBytes = baseBytes & ~3;
        this.random = random;
        this.wait = wait;
        this.deadlines = deadlines;
        this.counts = counts;
        this.bytes = this.baseBytes;
    }

    /** The largest packet for everything but a probe. */
    public int packetBytes() {
        return bytes;
    }

    /** The largest packet that may be written next. */
    public int roomBytes() {
        return Math.max(bytes, triedBytes);
    }

    /** Another path, or the first one, which may carry packets up to so many bytes. */
    public void pathChanged(int newLimitBytes) {
        limitBytes = newLimitBytes & ~3;
        bytes = baseBytes;
        rest();
        if (begun) {
            search(limitBytes);
        }
    }

    /** There is enough to send to fill large packets. */
    public void want() {
        if (allowed && !begun) {
            begun = true;
            search(limitBytes);
        }
    }

    /** Forgets all that was found out but the limit: a new association, with a peer that takes padding or does not. */
    public void begin(boolean peerTakesPadding) {
        allowed = peerTakesPadding;
        begun = false;
        bytes = baseBytes;
        rest();
    }

    private void rest() {
        triedBytes = 0;
        probeDue = false;
        nonce = 0;
        refusedBytes = limitBytes + 4;
        deadlines.set(Timer.PATH, Time.NEVER);
    }

    private void search(int next) {
        triedBytes = next > bytes ? next : 0;
        probeDue = triedBytes > 0;
        probesSent = 0;
        nonce = 0;
    }

    /** Writes the probe that is due; false if none is. */
    public boolean poll(PacketBuilder packet, byte[] into, int offset, int peerTag, long now) {
        if (!probeDue) {
            return false;
        }
        probeDue = false;
        probesSent++;
        counts.pathProbes++;
        nonce = random.nextLong() | 1;
        ByteWriter information = new ByteWriter(INFORMATION_BYTES);
        information.put16(1).put16(INFORMATION_BYTES).put64(nonce).put32(triedBytes);
        packet.begin(into, offset, peerTag, triedBytes)
                .put(new OpaqueChunk(ChunkType.HEARTBEAT, 0, information.array()));
        if (packet.remaining() >= Chunk.HEADER_BYTES) {
            packet.put(new PadChunk(packet.remaining()));
        }
        deadlines.set(Timer.PATH, now + Math.max(MIN_PROBE_NANOS, wait.nanos()));
        return true;
    }

    /** Takes the value of an answer to a heartbeat; whether it answers a probe of ours. */
    public boolean handleAck(byte[] value, long now) {
        if (value.length != INFORMATION_BYTES || nonce == 0 || Bytes.i64(value, 4) != nonce) {
            return false;
        }
        bytes = triedBytes;
        next(now);
        return true;
    }

    private void next(long now) {
        int above = refusedBytes - bytes;
        if (above > STEP_BYTES && limitBytes > bytes) {
            search((bytes + above / 2) & ~3);
        } else {
            triedBytes = 0;
        }
        if (triedBytes == 0) {
            deadlines.set(Timer.PATH, bytes < limitBytes ? now + RAISE_NANOS : Time.NEVER);
        }
        nonce = 0;
    }

    /** A probe was not answered, or it is time to try again. */
    public void expire(long now) {
        if (triedBytes == 0) {
            refusedBytes = limitBytes + 4;
            search(limitBytes);
        } else if (probesSent < MAX_PROBES) {
            probeDue = true;
        } else {
            refusedBytes = triedBytes;
            next(now);
        }
    }

    /** Data was not answered for a whole time-out: large packets may be what vanishes. RFC 8899 4.3. */
    public void suspect(long now) {
        if (bytes > baseBytes) {
            counts.pathReductions++;
            bytes = baseBytes;
            rest();
            deadlines.set(Timer.PATH, now + MIN_PROBE_NANOS);
        }
    }
}

package dev.yodel.sctp.state;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.OpaqueChunk;

/** How long is the round trip when no data flows? It judges no path: ICE consent does. RFC 9260 8.3. */
public final class Heartbeat {
    private static final long INTERVAL_NANOS = 30 * Time.SECOND;
    private static final int INFORMATION_BYTES = 20;

    private final RandomSource random;
    private final ControlQueue control;
    private final Deadlines deadlines;
    private long nonce;

    public Heartbeat(RandomSource random, ControlQueue control, Deadlines deadlines) {
        this.random = random;
        this.control = control;
        this.deadlines = deadlines;
    }

    public void begin(long now) {
        deadlines.set(Timer.HEARTBEAT, now + INTERVAL_NANOS);
    }

    public void expire(long now) {
        nonce = random.nextLong() | 1;
        ByteWriter value = new ByteWriter(INFORMATION_BYTES);
        // RFC 9260 3.3.5: the heartbeat information is parameter 1.
        value.put16(1).put16(INFORMATION_BYTES).put64(nonce).put64(now);
        control.answer(new OpaqueChunk(ChunkType.HEARTBEAT, 0, value.array()));
        begin(now);
    }

    /** Takes the value of an answer; the round trip, or -1 if it answers nothing of ours. */
    public long handleAck(byte[] value, long now) {
        if (value.length != INFORMATION_BYTES || nonce == 0 || Bytes.i64(value, 4) != nonce) {
            return -1;
        }
        nonce = 0;
        return now - Bytes.i64(value, 12);
    }
}

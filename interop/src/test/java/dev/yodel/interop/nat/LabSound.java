package dev.yodel.interop.nat;

import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Sends a packet of sound every 20 ms, and measures the longest silence of what the other end sends. */
final class LabSound implements AutoCloseable {
    private static final long FRAME_NANOS = 20_000_000;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private long lastAt;
    private long longest;
    private int packets;

    LabSound(EncodedTrack voice, PeerConnection connection, int bytes) {
        connection.getReceivers().get(0).track().onRtp(packet -> heard());
        timer.scheduleAtFixedRate(
                () -> voice.write(EncodedFrame.ofDuration(new byte[bytes], FRAME_NANOS)),
                0,
                FRAME_NANOS,
                TimeUnit.NANOSECONDS);
    }

    private synchronized void heard() {
        final long now = System.nanoTime();
        longest = packets == 0 ? 0 : Math.max(longest, now - lastAt);
        lastAt = now;
        packets++;
    }

    /** Since the last time it was asked for. */
    synchronized long longestGapMillis() {
        final long gap = Math.max(longest, packets == 0 ? 0 : System.nanoTime() - lastAt);
        longest = 0;
        return TimeUnit.NANOSECONDS.toMillis(gap);
    }

    synchronized int packets() {
        return packets;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}

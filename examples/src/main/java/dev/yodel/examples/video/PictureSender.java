package dev.yodel.examples.video;

import dev.yodel.examples.video.Libvpx.UnavailableException;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.RtpSender;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes pictures 25 times a second, encodes them to VP8 and gives them to a track, at the bit rate that its
 * connection wants and with the key frames that receivers ask for. It runs on a thread of its own. Any thread.
 */
public final class PictureSender implements AutoCloseable {
    private static final long FRAME_NANOS = 1_000_000_000L / VideoKind.FRAMES_PER_SECOND;
    private static final long START_BPS = 500_000;
    /** More than this is not seen in 640 x 360. */
    private static final long MAX_BPS = 1_500_000;

    private final PictureSource source;
    private final Vp8Encoder encoder;
    private final EncodedTrack track = EncodedTrack.vp8("picture");
    private final AtomicBoolean keyFrameWanted = new AtomicBoolean(true);
    private final AtomicLong bitrateBps = new AtomicLong(START_BPS);
    private final AtomicLong sent = new AtomicLong();
    private @Nullable Thread thread;
    private volatile boolean closed;

    private PictureSender(PictureSource source, Vp8Encoder encoder) {
        this.source = source;
        this.encoder = encoder;
        track.onKeyFrameRequest(() -> keyFrameWanted.set(true));
    }

    /**
     * Opens the source and the encoder.
     *
     * @param kind what to show
     * @return a sender at rest
     * @throws IOException if there is no such source, or no encoder; in words
     */
    public static PictureSender open(VideoKind kind) throws IOException {
        final PictureSource source = kind.open();
        try {
            return new PictureSender(
                    source, new Vp8Encoder(source.width(), source.height(), VideoKind.FRAMES_PER_SECOND, START_BPS));
        } catch (UnavailableException e) {
            source.close();
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Where the pictures go.
     *
     * @return to be added to a connection
     */
    public EncodedTrack track() {
        return track;
    }

    /**
     * Follows what the path of a connection carries.
     *
     * @param sender that the track was given to
     */
    public void follow(RtpSender sender) {
        sender.onTargetBitrate(bps -> bitrateBps.set(Math.min(MAX_BPS, bps)));
    }

    /** Begins to take pictures; once. */
    public synchronized void start() {
        if (thread == null && !closed) {
            final Thread made = new Thread(this::run, "yodel-picture");
            made.setDaemon(true);
            thread = made;
            made.start();
        }
    }

    private void run() {
        final Picture picture = new Picture(source.width(), source.height());
        final long start = System.nanoTime();
        long aimedBps = START_BPS;
        try (source;
                encoder) {
            for (long frame = 0; !closed; frame++) {
                final long due = start + frame * FRAME_NANOS;
                for (long wait = due - System.nanoTime(); wait > 0 && !closed; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                // Whoever is late leaves pictures out instead of sending old ones faster.
                frame = Math.max(frame, (System.nanoTime() - start) / FRAME_NANOS);
                source.next(picture);
                final long ticks = (System.nanoTime() - start) / 1_000 * 9 / 100;
                final long wantedBps = bitrateBps.get();
                if (wantedBps != aimedBps) {
                    aimedBps = wantedBps;
                    encoder.bitrate(wantedBps);
                }
                final boolean key = keyFrameWanted.getAndSet(false);
                final Vp8Encoder.Encoded encoded = encoder.encode(picture, ticks, key);
                if (encoded == null) {
                    keyFrameWanted.compareAndSet(false, key);
                } else {
                    track.write(EncodedFrame.ofTimestamp(encoded.data(), ticks & 0xffff_ffffL)
                            .withKeyFrame(encoded.keyFrame()));
                    sent.incrementAndGet();
                }
            }
        } catch (IOException | InvalidStateException over) {
            closed = true;
        }
    }

    /**
     * Pictures that were encoded.
     *
     * @return a count so far
     */
    public long sent() {
        return sent.get();
    }

    @Override
    public void close() {
        closed = true;
        final Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running == null) {
            encoder.close();
            try {
                source.close();
            } catch (IOException e) {
                // It was never used.
                return;
            }
        } else {
            LockSupport.unpark(running);
        }
    }
}

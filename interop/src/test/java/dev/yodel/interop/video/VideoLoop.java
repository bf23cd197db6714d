package dev.yodel.interop.video;

import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.EncodedTrack;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Plays recorded frames over and over, 30 a second, from the first one, a key frame, whenever one is asked for. */
final class VideoLoop implements AutoCloseable {
    private static final long FRAME_NANOS = 33_333_333;

    private final List<EncodedFrame> frames;
    private final EncodedTrack track;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private volatile boolean restart;
    private int next;

    VideoLoop(String codec, List<EncodedFrame> frames) {
        this.frames = List.copyOf(frames);
        this.track = switch (codec) {
            case "VP8" -> EncodedTrack.vp8("loop");
            case "VP9" -> EncodedTrack.vp9("loop");
            case "H264" -> EncodedTrack.h264("loop");
            default -> EncodedTrack.av1("loop");
        };
        track.onKeyFrameRequest(() -> restart = true);
    }

    EncodedTrack track() {
        return track;
    }

    void start() {
        timer.scheduleAtFixedRate(this::write, 0, FRAME_NANOS, TimeUnit.NANOSECONDS);
    }

    private void write() {
        if (restart || next == frames.size()) {
            restart = false;
            next = 0;
        }
        EncodedFrame frame = frames.get(next++);
        EncodedFrame now = EncodedFrame.ofDuration(frame.data(), FRAME_NANOS).withKeyFrame(frame.keyFrame());
        track.write(frame.layer() == null ? now : now.withLayer(frame.layer()));
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}

package dev.yodel.interop.wpt;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.webrtc.AudioTrack;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.MediaStreamTrackState;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The page's microphone and camera: Opus frames of silence every 20 ms, and key frames of VP8 whose header says 640 by
 * 480 every 40 ms. They are sent as a device's would be; no test decodes them.
 */
final class SyntheticMedia implements AutoCloseable {
    private static final int VIDEO_BYTES = 900;
    private static final int SAMPLE_RATE_HZ = 48_000;
    private static final int SAMPLES = SAMPLE_RATE_HZ / 50;

    private final CopyOnWriteArrayList<AudioTrack> audio = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<EncodedTrack> video = new CopyOnWriteArrayList<>();
    private final ScheduledFuture<?> timer;
    private int ticks;

    SyntheticMedia(ScheduledExecutorService clock) {
        timer = clock.scheduleAtFixedRate(this::tick, 20, 20, TimeUnit.MILLISECONDS);
    }

    MediaStreamTrack track(String kind) {
        String id = UUID.randomUUID().toString();
        if (kind.equals("audio")) {
            AudioTrack track = AudioTrack.opus(id);
            audio.add(track);
            return track;
        }
        EncodedTrack track = EncodedTrack.vp8(id);
        video.add(track);
        return track;
    }

    private void tick() {
        ticks++;
        audio.removeIf(track -> track.readyState() == MediaStreamTrackState.ENDED);
        video.removeIf(track -> track.readyState() == MediaStreamTrackState.ENDED);
        if (!audio.isEmpty()) {
            PcmFrame tone = tone();
            audio.forEach(track -> track.write(tone));
        }
        if (ticks % 2 == 0 && !video.isEmpty()) {
            EncodedFrame picture =
                    EncodedFrame.ofDuration(picture(ticks), 40_000_000).withKeyFrame(true);
            video.forEach(track -> track.write(picture));
        }
    }

    /** 20 ms of 400 Hz. */
    private static PcmFrame tone() {
        short[] samples = new short[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            samples[i] = (short) (3_000 * Math.sin(2 * Math.PI * 400 * i / SAMPLE_RATE_HZ));
        }
        return new PcmFrame(samples, SAMPLE_RATE_HZ, 1);
    }

    /** A frame with the header of a VP8 key frame of 640 x 480 (RFC 6386 9.1) and noise. */
    private static byte[] picture(int tick) {
        ByteBuffer frame = ByteBuffer.allocate(VIDEO_BYTES);
        int firstPartition = VIDEO_BYTES - 10;
        int tag = 0x10 | firstPartition << 5;
        frame.put((byte) tag).put((byte) (tag >> 8)).put((byte) (tag >> 16));
        frame.put((byte) 0x9d).put((byte) 0x01).put((byte) 0x2a);
        frame.put((byte) (640 & 0xff))
                .put((byte) (640 >> 8))
                .put((byte) (480 & 0xff))
                .put((byte) (480 >> 8));
        while (frame.hasRemaining()) {
            frame.put((byte) (frame.position() * 31 + tick));
        }
        return frame.array();
    }

    @Override
    public void close() {
        timer.cancel(false);
    }
}

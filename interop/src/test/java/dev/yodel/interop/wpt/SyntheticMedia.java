package dev.yodel.interop.wpt;

import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.MediaStreamTrackState;
import dev.yodel.webrtc.RtpTrack;
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
    private static final byte[] OPUS_SILENCE = {(byte) 0xF8, (byte) 0xFF, (byte) 0xFE};
    private static final int VIDEO_BYTES = 900;

    private final CopyOnWriteArrayList<EncodedTrack> audio = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<RtpTrack> video = new CopyOnWriteArrayList<>();
    private final ScheduledFuture<?> timer;
    private int ticks;

    SyntheticMedia(ScheduledExecutorService clock) {
        timer = clock.scheduleAtFixedRate(this::tick, 20, 20, TimeUnit.MILLISECONDS);
    }

    MediaStreamTrack track(String kind) {
        String id = UUID.randomUUID().toString();
        if (kind.equals("audio")) {
            EncodedTrack track = EncodedTrack.opus(id);
            audio.add(track);
            return track;
        }
        RtpTrack track = RtpTrack.of(MediaKind.VIDEO, id, "VP8");
        video.add(track);
        return track;
    }

    private void tick() {
        ticks++;
        audio.removeIf(track -> track.readyState() == MediaStreamTrackState.ENDED);
        video.removeIf(track -> track.readyState() == MediaStreamTrackState.ENDED);
        for (EncodedTrack track : audio) {
            track.write(EncodedFrame.ofDuration(OPUS_SILENCE, 20_000_000));
        }
        if (ticks % 2 == 0) {
            byte[] packet = videoPacket(ticks);
            for (RtpTrack track : video) {
                track.write(packet, 0, packet.length);
            }
        }
    }

    /** One packet that is a whole frame: RTP header, VP8 payload descriptor with S set, VP8 key frame header, noise. */
    private static byte[] videoPacket(int tick) {
        ByteBuffer packet = ByteBuffer.allocate(12 + 1 + VIDEO_BYTES);
        packet.put((byte) 0x80)
                .put((byte) (0x80 | 96))
                .putShort((short) tick)
                .putInt(tick * 1800)
                .putInt(1);
        packet.put((byte) 0x10);
        int firstPartition = VIDEO_BYTES - 10;
        int tag = 0x10 | firstPartition << 5;
        packet.put((byte) tag).put((byte) (tag >> 8)).put((byte) (tag >> 16));
        packet.put((byte) 0x9d).put((byte) 0x01).put((byte) 0x2a);
        packet.put((byte) (640 & 0xff))
                .put((byte) (640 >> 8))
                .put((byte) (480 & 0xff))
                .put((byte) (480 >> 8));
        while (packet.hasRemaining()) {
            packet.put((byte) (packet.position() * 31 + tick));
        }
        return packet.array();
    }

    @Override
    public void close() {
        timer.cancel(false);
    }
}

package dev.yodel.webrtc.internal.transport;

import dev.yodel.media.audio.PcmFrame;
import dev.yodel.webrtc.AudioTrack;
import dev.yodel.webrtc.MediaKind;
import org.jspecify.annotations.Nullable;

/** A track of raw audio; each sender encodes it with what its peer negotiated. Any thread. */
public final class LocalAudioTrack extends LocalTrack implements AudioTrack {
    private final SourceLevel level = new SourceLevel();
    private final boolean opusAllowed;

    public LocalAudioTrack(String id, boolean opusAllowed) {
        super(MediaKind.AUDIO, id);
        this.opusAllowed = opusAllowed;
    }

    @Override
    public @Nullable String encoding() {
        return null;
    }

    boolean opusAllowed() {
        return opusAllowed;
    }

    /**
     * How loud it is, for statistics.
     *
     * @return never changes
     */
    public SourceLevel level() {
        return level;
    }

    @Override
    public void write(PcmFrame frame) {
        if (!flowing("audio")) {
            return;
        }
        level.handleFrame(frame);
        if (senders().isEmpty()) {
            countDropped(frame.durationNanos());
            return;
        }
        for (MediaSender sender : senders()) {
            sender.sendPcm(this, frame);
        }
    }

    @Override
    public long droppedMillis() {
        return dropped() / 1_000_000;
    }
}

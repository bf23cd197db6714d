package dev.yodel.webrtc.internal.transport;

import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpTrack;
import java.util.Arrays;
import java.util.Objects;

/** A track of RTP packets made elsewhere. Any thread. */
public final class LocalRtpTrack extends LocalTrack implements RtpTrack {
    private final String codec;

    public LocalRtpTrack(MediaKind kind, String id, String codec) {
        super(kind, id);
        this.codec = Objects.requireNonNull(codec, "codec");
    }

    String codec() {
        return codec;
    }

    @Override
    public String encoding() {
        return codec;
    }

    @Override
    public void write(byte[] packet, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, packet.length);
        if (!flowing("packets")) {
            return;
        }
        if (senders().isEmpty()) {
            countDropped(1);
            return;
        }
        byte[] copy = Arrays.copyOfRange(packet, offset, offset + length);
        for (MediaSender sender : senders()) {
            sender.sendRtp(this, copy);
        }
    }

    @Override
    public long droppedPackets() {
        return dropped();
    }
}

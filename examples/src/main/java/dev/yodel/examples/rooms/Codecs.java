package dev.yodel.examples.rooms;

import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpCodec;
import dev.yodel.webrtc.RtpSender;
import java.util.ArrayList;
import java.util.List;

/** What rooms speak: Opus and VP8, which every browser has, because what is forwarded is not transcoded. */
final class Codecs {
    /** The simulcast layers that are asked for, the smallest first: a quarter, a half and the whole of each side. */
    static final List<String> RIDS = List.of("q", "h", "f");

    static final List<RtpCodec> AUDIO = only(MediaKind.AUDIO, "audio/opus");
    static final List<RtpCodec> VIDEO = only(MediaKind.VIDEO, "video/VP8", "video/rtx");

    private Codecs() {}

    private static List<RtpCodec> only(MediaKind kind, String... types) {
        final List<RtpCodec> codecs = new ArrayList<>();
        for (final RtpCodec codec : RtpSender.getCapabilities(kind).codecs()) {
            for (final String type : types) {
                if (codec.mimeType().equalsIgnoreCase(type)) {
                    codecs.add(codec);
                }
            }
        }
        return List.copyOf(codecs);
    }
}

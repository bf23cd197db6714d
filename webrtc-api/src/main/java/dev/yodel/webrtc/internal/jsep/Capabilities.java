package dev.yodel.webrtc.internal.jsep;

import dev.yodel.rtp.FrameExtension;
import dev.yodel.rtp.HeaderExtensionIds;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.VideoFec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which codecs and header extensions this implementation has. Video is carried and relayed as RTP; nothing here encodes
 * or decodes pictures.
 */
public final class Capabilities {
    private static final List<String> VIDEO_FEEDBACK =
            List.of("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli");

    private static final List<String> AUDIO_FEEDBACK = List.of("transport-cc");

    private static final List<Codec> AUDIO = List.of(
            new Codec(111, "opus", 48_000, 2, "minptime=10;useinbandfec=1", AUDIO_FEEDBACK),
            new Codec(63, "red", 48_000, 2, "111/111", List.of()),
            new Codec(0, "PCMU", 8_000, 1, "", List.of()),
            new Codec(8, "PCMA", 8_000, 1, "", List.of()),
            new Codec(9, "G722", 8_000, 1, "", List.of()),
            new Codec(13, "CN", 8_000, 1, "", List.of()),
            new Codec(110, "telephone-event", 48_000, 1, "", List.of()),
            new Codec(126, "telephone-event", 8_000, 1, "", List.of()));

    /**
     * Under Chromium's numbers: where one number stood for two formats, Chromium kept both and, after some exchanges
     * that both sides began, had no free number any more ("All available dynamic PTs have been assigned").
     */
    private static final List<Codec> VIDEO = withRepairs(
            new Codec(96, "VP8", 90_000, 1, "", VIDEO_FEEDBACK),
            h264(108, "1", "42e01f"),
            h264(114, "0", "42e01f"),
            h264(102, "1", "42001f"),
            h264(104, "0", "42001f"),
            h264(116, "1", "4d001f"),
            h264(39, "0", "4d001f"),
            h264(112, "1", "64001f"),
            new Codec(98, "VP9", 90_000, 1, "profile-id=0", VIDEO_FEEDBACK),
            new Codec(100, "VP9", 90_000, 1, "profile-id=2", VIDEO_FEEDBACK),
            new Codec(45, "AV1", 90_000, 1, "level-idx=5;profile=0;tier=0", VIDEO_FEEDBACK),
            new Codec(49, "H265", 90_000, 1, "level-id=93;profile-id=1;tier-flag=0;tx-mode=SRST", VIDEO_FEEDBACK));

    /**
     * Under Chromium's numbers, and free ones for what it does not have: where one stood for two extensions, it
     * offered both under it after some exchanges, and refused its own offer ("codec collision for header extension
     * id").
     */
    private static final List<HeaderExtension> AUDIO_EXTENSIONS = List.of(
            new HeaderExtension(1, HeaderExtension.AUDIO_LEVEL),
            new HeaderExtension(2, HeaderExtensionIds.ABS_SEND_TIME),
            new HeaderExtension(3, HeaderExtensionIds.TRANSPORT_CC),
            new HeaderExtension(4, HeaderExtension.MID),
            new HeaderExtension(9, FrameExtension.CAPTURE_TIME.uri()));

    private static final List<HeaderExtension> VIDEO_EXTENSIONS = List.of(
            new HeaderExtension(2, HeaderExtensionIds.ABS_SEND_TIME),
            new HeaderExtension(3, HeaderExtensionIds.TRANSPORT_CC),
            new HeaderExtension(4, HeaderExtension.MID),
            new HeaderExtension(10, HeaderExtensionIds.RID),
            new HeaderExtension(11, HeaderExtensionIds.REPAIRED_RID),
            new HeaderExtension(9, FrameExtension.CAPTURE_TIME.uri()),
            new HeaderExtension(5, FrameExtension.PLAYOUT_DELAY.uri()),
            new HeaderExtension(13, FrameExtension.ORIENTATION.uri()),
            new HeaderExtension(8, FrameExtension.COLOR_SPACE.uri()),
            new HeaderExtension(14, FrameExtension.LAYERS_ALLOCATION.uri()),
            new HeaderExtension(12, FrameExtension.DEPENDENCY_DESCRIPTOR.uri()));

    /** What only forwarders have use for, and costs bytes with every packet. */
    private static final Set<String> FOR_FORWARDING =
            Set.of(FrameExtension.LAYERS_ALLOCATION.uri(), FrameExtension.DEPENDENCY_DESCRIPTOR.uri());

    /** Behind all others (RFC 5109 14.1, FlexFEC-03 5.1). */
    private static final List<Codec> ULPFEC = List.of(
            new Codec(118, "red", 90_000, 1, "", List.of()),
            new Codec(119, "rtx", 90_000, 1, "apt=118", List.of()),
            new Codec(120, "ulpfec", 90_000, 1, "", List.of()));

    private static final List<Codec> FLEXFEC = List.of(
            new Codec(121, "flexfec-03", 90_000, 1, "repair-window=10000000", List.of("goog-remb", "transport-cc")));

    private Capabilities() {}

    /** Behind each codec its retransmission (RFC 4588), under the next payload type, but for one. */
    private static List<Codec> withRepairs(Codec... codecs) {
        List<Codec> result = new ArrayList<>();
        for (Codec codec : codecs) {
            result.add(codec);
            int repair = codec.payloadType() == 104 ? 107 : codec.payloadType() + 1;
            result.add(new Codec(repair, "rtx", 90_000, 1, "apt=" + codec.payloadType(), List.of()));
        }
        return List.copyOf(result);
    }

    private static Codec h264(int payloadType, String mode, String profile) {
        String parameters = "level-asymmetry-allowed=1;packetization-mode=" + mode + ";profile-level-id=" + profile;
        return new Codec(payloadType, "H264", 90_000, 1, parameters, VIDEO_FEEDBACK);
    }

    /**
     * All codecs of a kind, the best first, with the payload types that offers prefer.
     *
     * @param kind audio or video
     * @return the codecs
     */
    public static List<Codec> codecs(MediaKind kind) {
        return kind == MediaKind.AUDIO ? AUDIO : VIDEO;
    }

    /**
     * Whether an extension is left out until it is asked for (webrtc-extensions, setHeaderExtensionsToNegotiate).
     *
     * @param uri of the extension
     * @return true for what only forwarders have use for
     */
    static boolean isForForwarding(String uri) {
        return FOR_FORWARDING.contains(uri);
    }

    /**
     * A choice of codecs and the forward error correction that settings add to it.
     *
     * @param codecs what was chosen
     * @param kind audio or video
     * @param fec what is switched on
     * @return the codecs, those of correction last
     */
    static List<Codec> withFec(List<Codec> codecs, MediaKind kind, Set<VideoFec> fec) {
        if (kind == MediaKind.AUDIO || fec.isEmpty()) {
            return codecs;
        }
        List<Codec> result = new ArrayList<>(codecs);
        if (fec.contains(VideoFec.ULPFEC)) {
            result.addAll(ULPFEC);
        }
        if (fec.contains(VideoFec.FLEXFEC)) {
            result.addAll(FLEXFEC);
        }
        return result;
    }

    /**
     * All header extensions of a kind, with the ids that offers prefer.
     *
     * @param kind audio or video
     * @return the extensions
     */
    public static List<HeaderExtension> extensions(MediaKind kind) {
        return kind == MediaKind.AUDIO ? AUDIO_EXTENSIONS : VIDEO_EXTENSIONS;
    }
}

package dev.yodel.webrtc;

/** A form of forward error correction for video, which {@link Settings.Builder#videoFec} switches on. */
public enum VideoFec {
    /**
     * Parity as a stream of its own (draft-ietf-payload-flexible-fec-scheme-03, {@code flexfec-03}); for every codec.
     * Where both sides have both forms this one is sent.
     */
    FLEXFEC("flexfec-03"),
    /**
     * Parity in RED in the stream that it protects (RFC 5109, {@code red} and {@code ulpfec}), as browsers have it.
     * It is sent with VP8 and VP9 alone, whose pictures are numbered, and not for what is relayed.
     */
    ULPFEC("ulpfec");

    private final String text;

    VideoFec(String text) {
        this.text = text;
    }

    /** The encoding name in SDP. */
    @Override
    public String toString() {
        return text;
    }
}

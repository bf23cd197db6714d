package dev.yodel.rtp;

/**
 * A header extension that speaks of the frame in a packet, and that relays hand on; see {@code
 * dev.yodel.rtp.extension}.
 */
public enum FrameExtension {
    /** When it was captured. */
    CAPTURE_TIME(0, "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"),
    /** How long it may wait before it is shown. */
    PLAYOUT_DELAY(1, "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"),
    /** How it has to be turned. */
    ORIENTATION(2, "urn:3gpp:video-orientation"),
    /** Which colours its numbers mean. */
    COLOR_SPACE(3, "http://www.webrtc.org/experiments/rtp-hdrext/color-space"),
    /** Which layers its sender makes. Relays drop it: they leave out layers. */
    LAYERS_ALLOCATION(4, "http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00"),
    /** What it depends on. */
    DEPENDENCY_DESCRIPTOR(5, "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension");

    /** How many there are. */
    static final int COUNT = 6;

    /** Its place in arrays. */
    final int index;

    private final String uri;

    FrameExtension(int index, String uri) {
        this.index = index;
        this.uri = uri;
    }

    /**
     * What SDP calls it.
     *
     * @return the URI of {@code a=extmap}
     */
    public String uri() {
        return uri;
    }
}

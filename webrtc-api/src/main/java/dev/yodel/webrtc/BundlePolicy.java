package dev.yodel.webrtc;

/** What an offer does for peers that cannot bundle (W3C RTCBundlePolicy, RFC 9429 4.1.1). */
public enum BundlePolicy {
    /** One transport per kind of media. */
    BALANCED("balanced"),
    /** One transport per m-section. */
    MAX_COMPAT("max-compat"),
    /** One transport. */
    MAX_BUNDLE("max-bundle");

    private final String text;

    BundlePolicy(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}

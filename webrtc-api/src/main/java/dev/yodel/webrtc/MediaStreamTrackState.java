package dev.yodel.webrtc;

/** Whether a track still has a source. */
public enum MediaStreamTrackState {
    /** The source is there; it may be muted. */
    LIVE("live"),
    /** No media will come any more. */
    ENDED("ended");

    private final String text;

    MediaStreamTrackState(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}

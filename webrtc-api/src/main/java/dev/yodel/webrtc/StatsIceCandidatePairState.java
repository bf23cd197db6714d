package dev.yodel.webrtc;

/** W3C's RTCStatsIceCandidatePairState: how far the check of a pair is (RFC 8445 6.1.2.6). */
public enum StatsIceCandidatePairState {
    /** It waits for another pair of its foundation. */
    FROZEN("frozen"),
    /** It waits for its turn. */
    WAITING("waiting"),
    /** Its check is under way. */
    IN_PROGRESS("in-progress"),
    /** Its check was not answered. */
    FAILED("failed"),
    /** Its check was answered. */
    SUCCEEDED("succeeded");

    private final String text;

    StatsIceCandidatePairState(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}

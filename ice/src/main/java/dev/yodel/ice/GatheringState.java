package dev.yodel.ice;

/** W3C RTCIceGathererState. */
public enum GatheringState {
    /** Not begun. */
    NEW("new"),
    /** Candidates may still come. */
    GATHERING("gathering"),
    /** No more candidates will come. */
    COMPLETE("complete");

    private final String text;

    GatheringState(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}

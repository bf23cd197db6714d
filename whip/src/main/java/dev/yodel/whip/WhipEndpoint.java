package dev.yodel.whip;

/** What an application does when somebody publishes to it or plays from it. */
@FunctionalInterface
public interface WhipEndpoint {
    /**
     * A session begins. Its offer is not applied yet: listen with {@code onTrack} for what a publisher sends, or add the
     * tracks that a player is to get. Called on the thread of the request; it must not wait.
     *
     * @param session the session, with its connection
     * @throws WhipException to refuse it, with a status and words
     */
    void open(WhipSession session);
}

package dev.yodel.whip;

import dev.yodel.webrtc.PeerConnection;

/** One publisher or player of a {@link WhipServer}. Any thread. */
public interface WhipSession extends AutoCloseable {
    /**
     * Which of the endpoint's names was asked for.
     *
     * @return the path of the POST
     */
    String path();

    /**
     * The connection, which the server describes and closes.
     *
     * @return always the same
     */
    PeerConnection connection();

    /**
     * Hears that the session has ended: deleted, closed by the peer, failed, never connected, or ended here.
     *
     * @param listener called once, at once if it has ended already
     */
    void onEnd(Runnable listener);

    /** Ends the session: the connection is closed and the session's URL forgotten. Harmless when it has ended. */
    @Override
    void close();
}

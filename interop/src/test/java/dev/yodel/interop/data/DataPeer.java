package dev.yodel.interop.data;

import dev.yodel.webrtc.SessionDescription;
import java.util.List;

/** Another stack that runs the data bot; it trickles nothing. */
public interface DataPeer extends AutoCloseable {
    /** Makes a channel named control and offers it. */
    SessionDescription offer() throws Exception;

    /** Answers our offer. */
    SessionDescription answer(SessionDescription offer) throws Exception;

    /** Takes our answer. */
    void accept(SessionDescription answer) throws Exception;

    /** Begins an ICE restart (RFC 8445 section 9), and offers it. */
    default SessionDescription restart() throws Exception {
        throw new UnsupportedOperationException("this stack does not restart ICE by itself");
    }

    /** What it said, for failure messages. */
    List<String> story();

    @Override
    void close();
}

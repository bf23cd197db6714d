package dev.yodel.interop.data;

import dev.yodel.webrtc.SessionDescription;
import java.util.List;

/** Another stack that runs the data bot; it trickles nothing. */
interface DataPeer extends AutoCloseable {
    /** Makes a channel named control and offers it. */
    SessionDescription offer() throws Exception;

    /** Answers our offer. */
    SessionDescription answer(SessionDescription offer) throws Exception;

    /** Takes our answer. */
    void accept(SessionDescription answer) throws Exception;

    /** What it said, for failure messages. */
    List<String> story();

    @Override
    void close();
}

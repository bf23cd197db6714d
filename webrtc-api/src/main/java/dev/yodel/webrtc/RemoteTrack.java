package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import java.util.function.Consumer;

/**
 * A track that a peer sends. It gives RTP packets as they come. It may be given to {@code addTrack} of this or another
 * connection: then its packets are relayed without transcoding. Any thread.
 */
public interface RemoteTrack extends MediaStreamTrack {
    /**
     * Every RTP packet as it arrives, in the order of arrival.
     *
     * @param listener runs on the track's lane; the packet is the listener's
     * @return removes the listener
     */
    Registration onRtp(Consumer<RtpPacketEvent> listener);
}

package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.PcmFrame;
import java.util.function.Consumer;

/**
 * A track that a peer sends. It gives what comes in three forms, each only made when somebody listens: RTP packets,
 * encoded frames behind a jitter buffer, and decoded audio. It may be given to {@code addTrack} of this or another
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

    /**
     * Encoded audio frames in playing order and pace, behind the jitter buffer; a lost frame is left out, and the
     * timestamps show the gap.
     *
     * @param listener runs on the track's lane; the frame is the listener's
     * @return removes the listener
     * @throws NotSupportedException on a video track: its packets are not put together yet
     */
    Registration onFrame(Consumer<EncodedFrame> listener);

    /**
     * Decoded audio in playing order and pace, 10 ms at a time, with losses concealed: 48 kHz for Opus, 8 kHz for G.711.
     * Nothing comes before the first packet. Without a libopus received Opus stays silent, and the log says what was
     * tried; the first call in a JVM looks for it and may take some 100 ms.
     *
     * @param listener runs on the track's lane; the frame is the listener's
     * @return removes the listener
     * @throws InvalidAccessException on a video track
     */
    Registration onPcm(Consumer<PcmFrame> listener);
}

package dev.yodel.webrtc;

import dev.yodel.webrtc.internal.CapabilityList;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRtpReceiver: receives a track. Any thread.
 *
 * @see <a href="https://www.w3.org/TR/webrtc/#rtcrtpreceiver-interface">WebRTC 1.0, 5.3</a>
 */
public interface RtpReceiver {
    /**
     * What is received.
     *
     * @return always the same; muted while nothing comes
     */
    RemoteTrack track();

    /**
     * What it is received over.
     *
     * @return null before a description is applied
     */
    @Nullable
    DtlsTransport transport();

    /**
     * What was negotiated.
     *
     * @return the parameters
     */
    RtpReceiveParameters getParameters();

    /**
     * What receivers of a kind can do.
     *
     * @param kind audio or video
     * @return codecs and header extensions
     */
    static RtpCapabilities getCapabilities(MediaKind kind) {
        return CapabilityList.of(kind);
    }
}

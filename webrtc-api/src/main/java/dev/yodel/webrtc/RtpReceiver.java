package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.internal.CapabilityList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
     * What its frames pass through between packets and decoder.
     *
     * @return null for nothing
     */
    @Nullable
    RtpTransform transform();

    /**
     * Lets its frames pass through a transform (webrtc-encoded-transform), before they wait for their time and are
     * heard or shown. Set while {@link PeerConnection#onTrack} is handled it gets all of them. Packets ({@link
     * RemoteTrack#onRtp}), relays and forwarders do not pass through it.
     *
     * @param transform one that was never set; null for none
     * @throws InvalidStateException if it was set on a sender or receiver before
     * @throws IllegalArgumentException if it was not made by this library
     */
    void transform(@Nullable RtpTransform transform);

    /**
     * The jitter buffer's target.
     *
     * @return milliseconds as set; null for no wish
     */
    @Nullable
    Double jitterBufferTarget();

    /**
     * Wishes for a longer jitter buffer: more delay, and fewer gaps when the network is uneven. It grows little by little;
     * what the network needs is the least, whatever is wished. It acts on audio; video frames are handed on as they come.
     *
     * @param target milliseconds, 0 to 4000; null for no wish
     * @throws RangeException if it is out of range
     */
    void jitterBufferTarget(@Nullable Double target);

    /**
     * Whose streams were received in the last ten seconds.
     *
     * @return the latest first; the same in one listener, however often it is called
     */
    List<RtpSynchronizationSource> getSynchronizationSources();

    /**
     * Who contributed to what a mixer sent in the last ten seconds.
     *
     * @return the latest first; the same in one listener, however often it is called
     */
    List<RtpContributingSource> getContributingSources();

    /**
     * W3C's ssrcchange (webrtc-extensions): another stream is received.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onSsrcChange(Runnable listener);

    /**
     * W3C's csrcchange (webrtc-extensions): others contribute.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onCsrcChange(Runnable listener);

    /**
     * What was negotiated.
     *
     * @return the parameters
     */
    RtpReceiveParameters getParameters();

    /**
     * Statistics of what it receives.
     *
     * @return its streams, and what they refer to; empty before there are any
     */
    CompletableFuture<StatsReport> getStats();

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

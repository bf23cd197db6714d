package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.internal.CapabilityList;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRtpSender: sends a track. RTCP needs nothing from the user. Any thread.
 *
 * @see <a href="https://www.w3.org/TR/webrtc/#rtcrtpsender-interface">WebRTC 1.0, 5.2</a>
 */
public interface RtpSender {
    /**
     * What is sent.
     *
     * @return null for nothing
     */
    @Nullable
    MediaStreamTrack track();

    /**
     * What it is sent over.
     *
     * @return null before a description is applied
     */
    @Nullable
    DtlsTransport transport();

    /**
     * Sends another track of the same kind from now on, without negotiation.
     *
     * @param track the track; null for nothing
     * @return completes when it is done; fails with {@link InvalidStateException} if the transceiver is stopped, with
     *     {@link IllegalArgumentException} if the kind differs, and with {@link InvalidModificationException} if the
     *     track is encoded with a codec that was not negotiated
     */
    CompletableFuture<Void> replaceTrack(@Nullable MediaStreamTrack track);

    /**
     * Changes the streams that the peer is told of.
     *
     * @param streams the streams
     * @throws InvalidStateException if the connection is closed
     */
    void setStreams(MediaStream... streams);

    /**
     * What was negotiated and how it is encoded. The first step of a change: see {@link #setParameters}.
     *
     * <p>As W3C says, what this returns can be set until the listener or reaction that called it is through. On a thread of
     * your own, where no such end exists, it can be set until somebody sets parameters or another description changes
     * them.
     *
     * @return the parameters
     */
    RtpSendParameters getParameters();

    /**
     * Changes how the track is encoded and sent, without negotiation.
     *
     * @param parameters what {@link #getParameters()} gave, with other encodings
     * @return see the long form
     */
    default CompletableFuture<Void> setParameters(RtpSendParameters parameters) {
        return setParameters(parameters, SetParameterOptions.DEFAULT);
    }

    /**
     * Changes how the track is encoded and sent, without negotiation.
     *
     * @param parameters what {@link #getParameters()} gave, with other encodings
     * @param options whether to make a key frame
     * @return completes when it is done; fails with {@link InvalidStateException} if the transceiver is stopped or
     *     {@code getParameters()} was not called right before, with {@link InvalidModificationException} if something
     *     read-only differs or a codec was not negotiated, with {@link RangeException} if a scale is below 1 or a frame
     *     rate below 0
     */
    CompletableFuture<Void> setParameters(RtpSendParameters parameters, SetParameterOptions options);

    /**
     * Sends telephone keys.
     *
     * @return always the same; null on video
     */
    @Nullable
    DtmfSender dtmf();

    /**
     * What its frames pass through between encoder and packets.
     *
     * @return null for nothing
     */
    @Nullable
    RtpTransform transform();

    /**
     * Lets its frames pass through a transform (webrtc-encoded-transform). Set before the first frame it gets all of
     * them; set later, there is no telling with which frame it begins. What the transform before still holds is lost.
     *
     * @param transform one that was never set; null for none
     * @throws InvalidStateException if it was set on a sender or receiver before
     * @throws IllegalArgumentException if it was not made by this library
     */
    void transform(@Nullable RtpTransform transform);

    /**
     * Statistics of what it sends.
     *
     * @return its streams, and what they refer to; empty before there are any
     */
    CompletableFuture<StatsReport> getStats();

    /**
     * What senders of a kind can do.
     *
     * @param kind audio or video
     * @return codecs and header extensions
     */
    static RtpCapabilities getCapabilities(MediaKind kind) {
        return CapabilityList.of(kind);
    }

    /**
     * How much this sender may send changed: what the congestion control of the transport allows, shared out among its
     * senders. An {@link AudioTrack}'s encoder follows it by itself; who feeds an {@link EncodedTrack} from an encoder
     * should set its bitrate to this, less 5 % for headers. Ours, beyond W3C.
     *
     * @param listener gets bits per second, with headers and repetitions; runs on the connection's lane
     * @return removes the listener
     */
    Registration onTargetBitrate(LongConsumer listener);
}

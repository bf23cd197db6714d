package dev.yodel.webrtc;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRtpSendParameters: how a sender encodes and sends. Take them from {@link RtpSender#getParameters}, change the
 * encodings, and give them to {@link RtpSender#setParameters}; the rest is read-only.
 *
 * @param transactionId ties the two calls together
 * @param encodings one, or one for each simulcast stream; their number, order and rids cannot be changed
 * @param headerExtensions negotiated header extensions; empty before an answer
 * @param rtcp with our RTCP name
 * @param codecs the negotiated codecs, the one the peer prefers first; empty before an answer
 * @param degradationPreference what to give up first; null for no wish
 */
public record RtpSendParameters(
        String transactionId,
        List<RtpEncodingParameters> encodings,
        List<RtpHeaderExtensionParameters> headerExtensions,
        RtcpParameters rtcp,
        List<RtpCodecParameters> codecs,
        @Nullable DegradationPreference degradationPreference)
        implements RtpParameters {
    public RtpSendParameters {
        Objects.requireNonNull(transactionId, "transactionId");
        encodings = List.copyOf(encodings);
        headerExtensions = List.copyOf(headerExtensions);
        Objects.requireNonNull(rtcp, "rtcp");
        codecs = List.copyOf(codecs);
    }

    /**
     * The same with other encodings.
     *
     * @param value as many as before
     * @return the parameters to set
     */
    public RtpSendParameters withEncodings(List<RtpEncodingParameters> value) {
        return new RtpSendParameters(transactionId, value, headerExtensions, rtcp, codecs, degradationPreference);
    }

    /**
     * The same with one encoding changed.
     *
     * @param index 0 for the first
     * @param change for example {@code encoding -> encoding.toBuilder().maxBitrate(64_000).build()}
     * @return the parameters to set
     * @throws IndexOutOfBoundsException if there is no such encoding
     */
    public RtpSendParameters withEncoding(int index, UnaryOperator<RtpEncodingParameters> change) {
        List<RtpEncodingParameters> changed = new ArrayList<>(encodings);
        changed.set(index, change.apply(encodings.get(index)));
        return withEncodings(changed);
    }

    /**
     * The same with another wish about what to give up first.
     *
     * @param value null for no wish
     * @return the parameters to set
     */
    public RtpSendParameters withDegradationPreference(@Nullable DegradationPreference value) {
        return new RtpSendParameters(transactionId, encodings, headerExtensions, rtcp, codecs, value);
    }
}

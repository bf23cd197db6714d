package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.InvalidModificationException;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.OperationException;
import dev.yodel.webrtc.RangeException;
import dev.yodel.webrtc.ResolutionRestriction;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.RtpCodec;
import dev.yodel.webrtc.RtpCodecParameters;
import dev.yodel.webrtc.RtpEncodingParameters;
import dev.yodel.webrtc.RtpSendParameters;
import dev.yodel.webrtc.SetParameterOptions;
import dev.yodel.webrtc.internal.jsep.CodecMatch;
import dev.yodel.webrtc.internal.jsep.TransceiverState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * W3C's checks of encodings, in W3C's order: those of addTransceiver (WebRTC 1.0, 5.1) and of setParameters (5.2). What is
 * right comes back as it is to be kept.
 */
final class SendParameterChecks {
    static final int MAX_VIDEO_ENCODINGS = TransceiverState.MAX_ENCODINGS;
    /** RFC 8285 4.2: more does not fit into a header extension with a one-byte header, the only ones that are sent. */
    private static final int MAX_RID = 16;

    private SendParameterChecks() {}

    /** W3C's addTransceiver sendEncodings validation steps, and the steps that complete them. */
    static List<RtpEncodingParameters> addTransceiver(MediaKind kind, List<RtpEncodingParameters> given) {
        checkRids(given);
        for (RtpEncodingParameters encoding : given) {
            RtpCodec codec = encoding.codec();
            if (codec != null && CapabilityList.find(kind, codec) == null) {
                throw new OperationException("no " + codec + " can be sent; choose among the codecs of"
                        + " RtpSender.getCapabilities(" + kind + ")");
            }
        }
        boolean scaled = given.stream().anyMatch(encoding -> encoding.scaleResolutionDownBy() != null);
        List<RtpEncodingParameters> encodings = ofKind(kind, given);
        // The text says that a frame rate of 0 is refused here; the browsers and W3C's own tests take it.
        checkRanges(encodings);
        checkExtensions(encodings, OperationException::new);
        int most = kind == MediaKind.AUDIO ? 1 : MAX_VIDEO_ENCODINGS;
        if (encodings.size() > most) {
            encodings = encodings.subList(0, most);
        }
        List<RtpEncodingParameters> result = new ArrayList<>();
        for (int i = 0; i < encodings.size(); i++) {
            RtpEncodingParameters.Builder builder = encodings.get(i).toBuilder();
            if (kind == MediaKind.VIDEO && encodings.get(i).scaleResolutionDownBy() == null) {
                builder.scaleResolutionDownBy(scaled ? 1.0 : (Double) (double) (1L << (encodings.size() - i - 1)));
            }
            if (encodings.size() == 1) {
                builder.rid(null);
            }
            result.add(builder.build());
        }
        return result;
    }

    private static void checkRids(List<RtpEncodingParameters> encodings) {
        Set<String> rids = new HashSet<>();
        int named = 0;
        for (RtpEncodingParameters encoding : encodings) {
            String rid = encoding.rid();
            if (rid != null) {
                named++;
                if (!isRid(rid)) {
                    throw new IllegalArgumentException(
                            "a rid is 1 to " + MAX_RID + " letters and digits, was \"" + rid + "\"");
                }
                if (!rids.add(rid)) {
                    throw new IllegalArgumentException(
                            "two encodings have the rid \"" + rid + "\"; give each one of its own");
                }
            }
        }
        if (named != 0 && named != encodings.size()) {
            throw new IllegalArgumentException(
                    "some encodings have a rid and some have none; give each one of its own");
        }
    }

    /** RFC 8851 10 allows two more characters, but RFC 8852 3.1, which puts it into packets, does not (erratum 7132). */
    static boolean isRid(String rid) {
        for (int i = 0; i < rid.length(); i++) {
            char c = rid.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
                return false;
            }
        }
        return !rid.isEmpty() && rid.length() <= MAX_RID;
    }

    private static List<RtpEncodingParameters> ofKind(MediaKind kind, List<RtpEncodingParameters> encodings) {
        if (kind == MediaKind.VIDEO) {
            return encodings;
        }
        List<RtpEncodingParameters> result = new ArrayList<>();
        for (RtpEncodingParameters encoding : encodings) {
            result.add(encoding.toBuilder()
                    .scaleResolutionDownBy(null)
                    .maxFramerate(null)
                    .build());
        }
        return result;
    }

    private static void checkRanges(List<RtpEncodingParameters> encodings) {
        for (RtpEncodingParameters encoding : encodings) {
            Double scale = encoding.scaleResolutionDownBy();
            if (scale != null && !(scale >= 1)) {
                throw new RangeException("scaleResolutionDownBy is 1 or more, was " + scale);
            }
        }
        for (RtpEncodingParameters encoding : encodings) {
            Double rate = encoding.maxFramerate();
            if (rate != null && !(rate >= 0)) {
                throw new RangeException("maxFramerate is 0 or more, was " + rate);
            }
        }
    }

    /** webrtc-extensions: the checks of scaleResolutionDownTo and ptime. */
    private static void checkExtensions(
            List<RtpEncodingParameters> encodings, Function<String, RtcException> scalingError) {
        boolean some = encodings.stream().anyMatch(encoding -> encoding.scaleResolutionDownTo() != null);
        for (RtpEncodingParameters encoding : encodings) {
            ResolutionRestriction to = encoding.scaleResolutionDownTo();
            if (some && encoding.active() && to == null) {
                throw scalingError.apply("an active encoding has no scaleResolutionDownTo; give it to all or to none");
            }
            if (to != null && (to.maxWidth() <= 0 || to.maxHeight() <= 0)) {
                throw scalingError.apply("scaleResolutionDownTo needs a width and a height above 0, was " + to);
            }
            if (encoding.adaptivePtime() && encoding.ptime() != null) {
                throw new InvalidModificationException(
                        "ptime is fixed and adaptivePtime lets it change; give one of them");
            }
        }
    }

    /** W3C's setParameters validation steps. */
    static List<RtpEncodingParameters> setParameters(
            MediaKind kind,
            @Nullable RtpSendParameters last,
            RtpSendParameters given,
            List<RtpEncodingParameters> present,
            SetParameterOptions options) {
        if (last == null) {
            throw new InvalidStateException("call getParameters() right before setParameters()");
        }
        List<RtpEncodingParameters> encodings = given.encodings();
        if (encodings.size() != present.size()) {
            throw new InvalidModificationException("there are " + present.size() + " encodings and not "
                    + encodings.size() + "; only addTransceiver chooses how many");
        }
        checkReadOnly(last, given);
        List<RtpCodec> choosable = given.codecs().isEmpty()
                ? CapabilityList.of(kind).codecs()
                : given.codecs().stream().map(RtpCodecParameters::codec).toList();
        for (RtpEncodingParameters encoding : encodings) {
            RtpCodec codec = encoding.codec();
            if (codec != null && choosable.stream().noneMatch(one -> CodecMatch.match(one, codec, true))) {
                throw new InvalidModificationException(codec + " was not negotiated; choose among the codecs of the"
                        + " parameters, or negotiate it by setCodecPreferences");
            }
        }
        List<RtpEncodingParameters> result = new ArrayList<>();
        for (RtpEncodingParameters encoding : ofKind(kind, encodings)) {
            boolean unscaled = kind == MediaKind.VIDEO && encoding.scaleResolutionDownBy() == null;
            result.add(
                    unscaled ? encoding.toBuilder().scaleResolutionDownBy(1.0).build() : encoding);
        }
        checkRanges(result);
        checkExtensions(result, InvalidModificationException::new);
        int wishes = kind == MediaKind.AUDIO ? 0 : options.encodingOptions().size();
        if (wishes != 0 && wishes != encodings.size()) {
            throw new InvalidModificationException("encodingOptions has " + wishes + " entries for " + encodings.size()
                    + " encodings; give one for each, or none");
        }
        return result;
    }

    private static void checkReadOnly(RtpSendParameters last, RtpSendParameters given) {
        if (!given.transactionId().equals(last.transactionId())) {
            throw new InvalidModificationException(
                    "the parameters are not those of the last getParameters(); take them anew");
        }
        for (int i = 0; i < given.encodings().size(); i++) {
            String rid = last.encodings().get(i).rid();
            String wanted = given.encodings().get(i).rid();
            if (rid == null ? wanted != null : !rid.equals(wanted)) {
                throw new InvalidModificationException(
                        "rids and their order are read-only; only addTransceiver chooses them");
            }
        }
        if (!given.headerExtensions().equals(last.headerExtensions())
                || !given.rtcp().equals(last.rtcp())
                || !given.codecs().equals(last.codecs())) {
            throw new InvalidModificationException(
                    "headerExtensions, rtcp and codecs are read-only; change nothing but the encodings");
        }
    }
}

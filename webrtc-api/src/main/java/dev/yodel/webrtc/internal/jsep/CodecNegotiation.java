package dev.yodel.webrtc.internal.jsep;

import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.RtpHeaderExtensionCapability;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which codecs and header extensions two descriptions have in common, and under which numbers. It does not decide about
 * directions.
 */
final class CodecNegotiation {
    /** RFC 8888 6. */
    static final String CCFB = "ack ccfb";

    private static final String TRANSPORT_CC = "transport-cc";

    private CodecNegotiation() {}

    /**
     * RFC 9429 5.3.1: the answer's formats are those of the offer that we support, with the offer's payload types; in the
     * offer's order, unless the application has preferences.
     *
     * @return empty if there is none that carries media
     */
    static List<Codec> answer(List<Codec> offered, List<Codec> supported, boolean ourOrder) {
        List<Codec> result = new ArrayList<>();
        if (ourOrder) {
            for (Codec ours : supported) {
                for (Codec theirs : offered) {
                    if (!ours.isRtx() && theirs.matches(ours)) {
                        result.add(answered(theirs, ours));
                        break;
                    }
                }
            }
        } else {
            for (Codec theirs : offered) {
                Codec ours = theirs.isRtx() ? null : find(supported, theirs);
                if (ours != null) {
                    result.add(answered(theirs, ours));
                }
            }
        }
        return hasMedia(result) ? withRepairs(result, offered, hasRtx(supported)) : List.of();
    }

    /** RFC 4588 8.3: behind each codec its retransmission, if both sides have that. */
    private static List<Codec> withRepairs(List<Codec> codecs, List<Codec> numbered, boolean wanted) {
        if (!wanted) {
            return codecs;
        }
        List<Codec> result = new ArrayList<>();
        for (Codec codec : codecs) {
            result.add(codec);
            Codec repair = repairOf(numbered, codec);
            if (repair != null) {
                result.add(repair.withFeedback(List.of()).withParameters("apt=" + codec.payloadType()));
            }
        }
        return result;
    }

    private static @Nullable Codec repairOf(List<Codec> codecs, Codec repaired) {
        for (Codec codec : codecs) {
            if (codec.isRtx() && codec.repaired().equals(Integer.toString(repaired.payloadType()))) {
                return codec;
            }
        }
        return null;
    }

    static boolean hasRtx(List<Codec> codecs) {
        for (Codec codec : codecs) {
            if (codec.isRtx()) {
                return true;
            }
        }
        return false;
    }

    /** RFC 8888 6: it is said of all formats. */
    static Codec withCongestionFeedback(Codec codec) {
        List<String> feedback = new ArrayList<>(codec.feedback());
        feedback.add(CCFB);
        return codec.withFeedback(feedback);
    }

    static boolean hasFlexfec(List<Codec> codecs) {
        for (Codec codec : codecs) {
            if (codec.is("flexfec-03")) {
                return true;
            }
        }
        return false;
    }

    private static Codec answered(Codec theirs, Codec ours) {
        List<String> feedback = new ArrayList<>();
        for (String value : theirs.feedback()) {
            if (ours.feedback().contains(value) && !feedback.contains(value)) {
                feedback.add(value);
            }
        }
        if (theirs.feedback().contains(CCFB)) {
            // RFC 8888 6: one kind of feedback is enough, and the standard's is preferred.
            feedback.remove(TRANSPORT_CC);
            feedback.add(CCFB);
        }
        // RFC 6184 8.2.2: profile and packetization mode are answered as offered; so they are for every video format.
        // RFC 2198 5: redundant audio names the offer's payload types.
        boolean asOffered = theirs.clockRateHz() == 90_000 || theirs.isRed();
        String parameters = asOffered ? theirs.parameters() : ours.parameters();
        return ours.withPayloadType(theirs.payloadType())
                .withParameters(parameters)
                .withFeedback(feedback);
    }

    static boolean hasMedia(List<Codec> codecs) {
        for (Codec codec : codecs) {
            if (!codec.isAuxiliary()) {
                return true;
            }
        }
        return false;
    }

    static @Nullable Codec find(List<Codec> codecs, Codec wanted) {
        for (Codec codec : codecs) {
            if (codec.matches(wanted)) {
                return codec;
            }
        }
        return null;
    }

    /** What the first list has in common with the second, in the first one's order, numbers and parameters. */
    static List<Codec> common(List<Codec> first, List<Codec> second) {
        List<Codec> result = new ArrayList<>();
        for (Codec codec : first) {
            Codec other = codec.isRtx() ? null : find(second, codec);
            if (other == null) {
                continue;
            }
            List<String> feedback = new ArrayList<>(codec.feedback());
            boolean byStream = feedback.contains(CCFB);
            feedback.retainAll(other.feedback());
            if (byStream) {
                feedback.remove(TRANSPORT_CC);
                feedback.remove(CCFB);
                feedback.add(CCFB);
            }
            result.add(codec.withFeedback(feedback));
            Codec repair = repairOf(first, codec);
            if (repair != null && repairOf(second, other) != null) {
                result.add(repair);
            }
        }
        return result;
    }

    /**
     * Extensions of an offer that we want too, with the offer's ids and within its directions (RFC 8285 5); one that comes
     * twice counts once.
     */
    static List<HeaderExtension> answerExtensions(
            List<HeaderExtension> offered, List<RtpHeaderExtensionCapability> wanted) {
        List<HeaderExtension> result = new ArrayList<>();
        for (HeaderExtension extension : offered) {
            Direction ours = Extensions.wanted(wanted, extension.uri());
            Direction direction = Extensions.both(extension.direction().reversed(), ours);
            boolean twice = result.stream().anyMatch(r -> r.uri().equals(extension.uri()));
            if (direction != Direction.INACTIVE && !twice) {
                result.add(extension.withDirection(direction));
            }
        }
        return result;
    }

    /** Numbers that are taken in a session, so that a number keeps its meaning in every bundled section. */
    static final class Numbers {
        private final Map<Integer, Codec> payloadTypes = new HashMap<>();
        private final Map<Integer, String> extensionIds = new HashMap<>();

        void take(List<Codec> codecs, List<HeaderExtension> extensions) {
            for (Codec codec : codecs) {
                payloadTypes.putIfAbsent(codec.payloadType(), codec);
            }
            for (HeaderExtension extension : extensions) {
                extensionIds.putIfAbsent(extension.id(), extension.uri());
            }
        }

        /**
         * RFC 9429 5.2.2: a codec keeps the payload type that it was negotiated with; others get the preferred one, or a
         * free one if that stands for something else.
         */
        Codec number(Codec wanted, List<Codec> negotiated) {
            Codec before = find(negotiated, wanted);
            if (before != null) {
                return wanted.withPayloadType(before.payloadType());
            }
            int number = wanted.payloadType();
            Codec holder = payloadTypes.get(number);
            if (holder != null && !holder.matches(wanted)) {
                number = free();
            }
            Codec numbered = wanted.withPayloadType(number);
            payloadTypes.put(number, numbered);
            return numbered;
        }

        private int free() {
            // RFC 5761 4: 64 to 95 look like RTCP when ports are shared.
            for (int number = 96; number <= 127; number++) {
                if (!payloadTypes.containsKey(number)) {
                    return number;
                }
            }
            for (int number = 35; number <= 63; number++) {
                if (!payloadTypes.containsKey(number)) {
                    return number;
                }
            }
            throw new IllegalStateException("all dynamic payload types are taken; use fewer codecs");
        }

        /** Null if all ids of the short form stand for something else (RFC 8285 4.2). */
        @Nullable
        HeaderExtension number(HeaderExtension wanted) {
            for (Map.Entry<Integer, String> entry : extensionIds.entrySet()) {
                if (entry.getValue().equals(wanted.uri())) {
                    return new HeaderExtension(entry.getKey(), wanted.uri(), wanted.direction());
                }
            }
            int id = wanted.id();
            for (int other = 1; extensionIds.containsKey(id) && other <= 14; other++) {
                id = other;
            }
            if (extensionIds.putIfAbsent(id, wanted.uri()) != null) {
                return null;
            }
            return new HeaderExtension(id, wanted.uri(), wanted.direction());
        }
    }
}

package dev.yodel.examples.demo;

import com.google.gson.JsonObject;
import dev.yodel.examples.audio.Comparison;
import dev.yodel.examples.call.CallResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the demo says in the end: both directions of a call, judged by what the receiving side recorded.
 *
 * @param directions A to B, B to A
 */
record DemoVerdict(List<Direction> directions) {
    static final double WANTED_CORRELATION = 0.95;

    /**
     * One direction.
     *
     * @param title such as "A to B"
     * @param name in JSON
     * @param sender how the call went for the side that spoke
     * @param receiver how the call went for the side that heard
     * @param comparison its recording against what should have been spoken; null if there is no recording
     */
    record Direction(
            String title, String name, CallResult sender, CallResult receiver, @Nullable Comparison comparison) {
        /** What is wrong, in words; empty if nothing is. */
        List<String> faults() {
            final List<String> faults = new ArrayList<>();
            if (!receiver.ok()) {
                faults.add("the call failed: " + receiver.reason());
            }
            final Comparison figures = comparison;
            if (figures == null) {
                faults.add("nothing was recorded");
            } else if (figures.audibleSeconds() == 0) {
                faults.add("nothing was heard: the recording is silent");
            } else if (figures.mouthToEarMillis().isEmpty()) {
                faults.add(String.format(
                        Locale.ROOT,
                        "what was heard is not what was spoken: of %.1f seconds with sound %.1f were recognised,"
                                + " the envelopes match to %.3f",
                        figures.audibleSeconds(),
                        figures.recognisedSeconds(),
                        figures.envelopeCorrelation()));
            } else if (figures.envelopeCorrelation() < WANTED_CORRELATION) {
                faults.add(String.format(
                        Locale.ROOT,
                        "the sound was damaged: the envelopes match to %.3f, wanted %.2f",
                        figures.envelopeCorrelation(),
                        WANTED_CORRELATION));
            }
            return faults;
        }

        JsonObject json() {
            final JsonObject json = new JsonObject();
            final Comparison figures = comparison;
            json.addProperty("connectedMillis", rounded(receiver.setup().connectedMillis()));
            json.addProperty("signalingMillis", rounded(receiver.setup().signalingMillis()));
            json.addProperty("iceMillis", rounded(receiver.setup().iceMillis()));
            json.addProperty("dtlsMillis", rounded(receiver.setup().dtlsMillis()));
            json.addProperty("firstAudioMillis", rounded(receiver.setup().firstAudioMillis()));
            json.addProperty(
                    "mouthToEarMillis",
                    figures == null || figures.mouthToEarMillis().isEmpty()
                            ? null
                            : rounded(figures.mouthToEarMillis().getAsDouble()));
            json.addProperty("sent", sender.packetsSent());
            json.addProperty("lost", receiver.packetsLost());
            json.addProperty("received", receiver.packetsReceived());
            json.addProperty(
                    "envelopeCorrelation",
                    figures == null ? 0 : Math.round(figures.envelopeCorrelation() * 10_000) / 10_000.0);
            json.addProperty("faults", String.join("; ", faults()));
            return json;
        }
    }

    boolean ok() {
        return directions.stream().allMatch(direction -> direction.faults().isEmpty());
    }

    JsonObject json() {
        final JsonObject json = new JsonObject();
        json.addProperty("ok", ok());
        for (final Direction direction : directions) {
            json.add(direction.name(), direction.json());
        }
        return json;
    }

    /** For a person. */
    String text() {
        final StringBuilder text = new StringBuilder();
        for (final Direction direction : directions) {
            final CallResult.Setup setup = direction.receiver().setup();
            text.append(String.format(
                    Locale.ROOT,
                    "%s:%n  set-up       signaling %s, ICE %s, DTLS %s, first audio %s (JVM start %s, apart)%n",
                    direction.title(),
                    millis(setup.signalingMillis()),
                    millis(setup.iceMillis()),
                    millis(setup.dtlsMillis()),
                    millis(setup.firstAudioMillis()),
                    millis(setup.jvmMillis())));
            final Comparison figures = direction.comparison();
            text.append(String.format(
                    Locale.ROOT,
                    "  mouth to ear %s%n  packets      %d sent, %d received, %d lost%n  match        %.3f (20 ms envelopes)%n",
                    millis(
                            figures == null || figures.mouthToEarMillis().isEmpty()
                                    ? null
                                    : (Double) figures.mouthToEarMillis().getAsDouble()),
                    direction.sender().packetsSent(),
                    direction.receiver().packetsReceived(),
                    direction.receiver().packetsLost(),
                    figures == null ? 0 : figures.envelopeCorrelation()));
            for (final String fault : direction.faults()) {
                text.append("  WRONG        ").append(fault).append(System.lineSeparator());
            }
        }
        text.append(ok() ? "The call was good." : "The call was NOT good.");
        return text.toString();
    }

    private static @Nullable Double rounded(@Nullable Double value) {
        return value == null ? null : Math.round(value * 10) / 10.0;
    }

    private static String millis(@Nullable Double value) {
        return value == null ? "unknown" : String.format(Locale.ROOT, "%.0f ms", value);
    }
}

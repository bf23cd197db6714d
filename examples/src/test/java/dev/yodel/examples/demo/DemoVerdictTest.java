package dev.yodel.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.yodel.examples.audio.Comparison;
import dev.yodel.examples.call.CallResult;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The verdict's words and figures for calls that went this way and that. */
class DemoVerdictTest {
    private static final CallResult GOOD = result(true, "hung up");

    private static CallResult result(boolean ok, String reason) {
        return new CallResult(
                ok,
                ok ? 0 : 3,
                reason,
                new CallResult.Setup(300.0, 12.34, 5.6, 40.0, 60.0, 57.94),
                "host",
                "host",
                0.4,
                500,
                498,
                2,
                0.3,
                "opus",
                1_700_000_000_000_000L,
                10);
    }

    private static DemoVerdict verdict(CallResult receiver, @Nullable Comparison toB) {
        final Comparison good = new Comparison(OptionalDouble.of(61.23), 0.9876543, 10, 10, -20);
        return new DemoVerdict(List.of(
                new DemoVerdict.Direction("A to B", "aToB", GOOD, receiver, toB),
                new DemoVerdict.Direction("B to A", "bToA", receiver, GOOD, good)));
    }

    @Test
    void goodCallIsGoodInBothDirections() {
        final DemoVerdict verdict = verdict(GOOD, new Comparison(OptionalDouble.of(58), 0.97, 9, 10, -20));
        assertThat(verdict.ok()).isTrue();
        final JsonObject json = verdict.json();
        assertThat(json.get("ok").getAsBoolean()).isTrue();
        final JsonObject back = json.getAsJsonObject("bToA");
        assertThat(back.get("connectedMillis").getAsDouble()).isEqualTo(57.9);
        assertThat(back.get("mouthToEarMillis").getAsDouble()).isEqualTo(61.2);
        assertThat(back.get("lost").getAsLong()).isEqualTo(2);
        assertThat(back.get("envelopeCorrelation").getAsDouble()).isEqualTo(0.9877);
        assertThat(verdict.text())
                .contains("A to B", "B to A", "mouth to ear 58 ms", "2 lost", "The call was good.")
                .contains("signaling 12 ms, ICE 6 ms, DTLS 40 ms, first audio 60 ms (JVM start 300 ms, apart)");
    }

    @Test
    void silenceIsNamed() {
        final DemoVerdict verdict = verdict(GOOD, new Comparison(OptionalDouble.empty(), 0, 0, 0, -120));
        assertThat(verdict.ok()).isFalse();
        assertThat(verdict.text()).contains("nothing was heard: the recording is silent", "NOT good");
        assertThat(verdict.json().getAsJsonObject("aToB").get("faults").getAsString())
                .contains("nothing was heard");
    }

    @Test
    void wrongSoundIsNamed() {
        final DemoVerdict verdict = verdict(GOOD, new Comparison(OptionalDouble.empty(), 0.21, 0, 9, -20));
        assertThat(verdict.ok()).isFalse();
        assertThat(verdict.text()).contains("what was heard is not what was spoken");
    }

    @Test
    void damageIsNamed() {
        final DemoVerdict verdict = verdict(GOOD, new Comparison(OptionalDouble.of(80), 0.81, 8, 10, -20));
        assertThat(verdict.ok()).isFalse();
        assertThat(verdict.text()).contains("damaged").contains("0.810");
    }

    @Test
    void failedCallIsNamed() {
        final DemoVerdict verdict = verdict(result(false, "no pair worked"), null);
        assertThat(verdict.ok()).isFalse();
        assertThat(verdict.text()).contains("no pair worked").contains("nothing was recorded");
    }
}

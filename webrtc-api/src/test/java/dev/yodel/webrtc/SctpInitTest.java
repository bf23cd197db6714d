package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Associations that are opened by signaling (a=sctp-init, draft-hancke-tsvwg-snap-00), in virtual time. */
final class SctpInitTest {
    private static final Settings OFFERS = Settings.builder().offerSctpInit().build();

    private static String init(@Nullable SessionDescription description) {
        return Objects.requireNonNull(description)
                .sdp()
                .lines()
                .filter(line -> line.startsWith("a=sctp-init:"))
                .findFirst()
                .orElse("");
    }

    /** When the first channel opened, in nanoseconds after the handshake of DTLS. */
    private static long openAfterDtls(SimulatedPair pair) {
        long[] at = {-1, -1};
        DataChannel channel = pair.a.createDataChannel("first");
        channel.onOpen(() -> at[1] = pair.simulator.now());
        List<String> got = new ArrayList<>();
        pair.b.onDataChannel(event -> event.channel().onMessage(message -> got.add(message.text())));
        pair.hostA.uplink().delay(Duration.ofMillis(50));
        pair.hostB.uplink().delay(Duration.ofMillis(50));
        pair.trickle();
        pair.negotiate(pair.a, pair.b);
        Objects.requireNonNull(pair.a.sctp())
                .transport()
                .onStateChange(() -> at[0] = at[0] < 0
                                && Objects.requireNonNull(pair.a.sctp())
                                                .transport()
                                                .state()
                                        == DtlsTransportState.CONNECTED
                        ? pair.simulator.now()
                        : at[0]);
        pair.simulator.run(Duration.ofSeconds(5));
        channel.send("hello");
        pair.simulator.run(Duration.ofSeconds(1));
        assertThat(got).containsExactly("hello");
        assertThat(at[0]).isPositive();
        return at[1] - at[0];
    }

    @Test
    void bothTellTheirInitAndChannelsOpenWithDtls() {
        long slow;
        try (SimulatedPair pair = new SimulatedPair(31)) {
            slow = openAfterDtls(pair);
            assertThat(Objects.requireNonNull(pair.a.localDescription()).sdp()).doesNotContain("sctp-init");
            assertThat(Objects.requireNonNull(pair.b.localDescription()).sdp()).doesNotContain("sctp-init");
        }
        try (SimulatedPair pair = new SimulatedPair(31, OFFERS)) {
            long quick = openAfterDtls(pair);
            assertThat(quick).isLessThan(5 * Time.MILLISECOND);
            assertThat(slow - quick).isGreaterThanOrEqualTo(200 * Time.MILLISECOND);
            String ours = init(pair.a.localDescription());
            String theirs = init(pair.b.localDescription());
            assertThat(ours).isNotEmpty().isNotEqualTo(theirs);
            assertThat(theirs).isNotEmpty();
            // What the association was made of stays in all descriptions that follow.
            pair.negotiate(pair.b, pair.a);
            assertThat(init(pair.a.localDescription())).isEqualTo(ours);
            assertThat(init(pair.b.localDescription())).isEqualTo(theirs);
            pair.a.restartIce();
            pair.negotiate(pair.a, pair.b);
            assertThat(init(pair.a.localDescription())).isEqualTo(ours);
            DataChannel next = pair.b.createDataChannel("next");
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(next.readyState()).isEqualTo(DataChannelState.OPEN);
        }
    }

    /** An offer with an INIT, an answer without, or with the line sent back: the handshake is as ever. */
    @Test
    void aPeerThatDoesNotKnowItOrSendsItBackIsMetByTheHandshake() {
        for (boolean sentBack : new boolean[] {true, false}) {
            try (SimulatedPair pair = new SimulatedPair(32, OFFERS)) {
                DataChannel channel = pair.a.createDataChannel("first");
                pair.trickle();
                SessionDescription offer = pair.simulator.await(pair.a.setLocalDescription(), Duration.ofSeconds(5));
                String line = init(offer);
                SessionDescription without =
                        SessionDescription.offer(offer.sdp().replace(line + "\r\n", ""));
                pair.simulator.await(pair.b.setRemoteDescription(without), Duration.ofSeconds(5));
                String answer = pair.simulator
                        .await(pair.b.setLocalDescription(), Duration.ofSeconds(5))
                        .sdp();
                assertThat(answer).doesNotContain("sctp-init");
                String echoed = sentBack ? answer + line + "\r\n" : answer;
                pair.simulator.await(
                        pair.a.setRemoteDescription(SessionDescription.answer(echoed)), Duration.ofSeconds(5));
                pair.simulator.run(Duration.ofSeconds(5));
                assertThat(channel.readyState()).isEqualTo(DataChannelState.OPEN);
                // An association that stands gets no INIT later.
                assertThat(init(pair.simulator.await(pair.a.createOffer(), Duration.ofSeconds(5))))
                        .isEmpty();
            }
        }
    }

    @Test
    void C03_whatIsNoInitIsRefused() {
        try (SimulatedPair pair = new SimulatedPair(33, OFFERS)) {
            pair.a.createDataChannel("first");
            SessionDescription offer = pair.simulator.await(pair.a.setLocalDescription(), Duration.ofSeconds(5));
            String line = init(offer);
            for (String bad : List.of(
                    "AAAA", "AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoL=", "AQAAHgAAAAAAUAAA/////+B5ZR3AAAAEgAgABoLA")) {
                SessionDescription lie = SessionDescription.offer(offer.sdp().replace(line, "a=sctp-init:" + bad));
                assertThatThrownBy(() -> pair.simulator.await(pair.b.setRemoteDescription(lie), Duration.ofSeconds(5)))
                        .as(bad)
                        .hasRootCauseInstanceOf(InvalidAccessException.class);
            }
            SessionDescription lie = SessionDescription.offer(offer.sdp().replace(line, "a=sctp-init:no!!"));
            assertThatThrownBy(() -> pair.simulator.await(pair.b.setRemoteDescription(lie), Duration.ofSeconds(5)))
                    .hasRootCauseInstanceOf(RtcErrorException.class)
                    .rootCause()
                    .hasMessageContaining("base64");
            assertThat(pair.b.signalingState()).isEqualTo(SignalingState.STABLE);
            // The draft's own example is one.
            SessionDescription example = SessionDescription.offer(
                    offer.sdp().replace(line, "a=sctp-init:AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoLA"));
            pair.simulator.await(pair.b.setRemoteDescription(example), Duration.ofSeconds(5));
            assertThat(init(pair.simulator.await(pair.b.setLocalDescription(), Duration.ofSeconds(5))))
                    .isNotEmpty();
        }
    }
}

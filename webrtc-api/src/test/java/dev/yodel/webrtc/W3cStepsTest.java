package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Steps of W3C's algorithms whose order or moment pages see. */
class W3cStepsTest {
    private static void run(SimulatedPair pair) {
        pair.simulator.run(Duration.ofMillis(500));
    }

    @Test
    void offerToReceiveAddsOneTransceiverOrTakesTheWishBack() {
        try (SimulatedPair pair = new SimulatedPair(1)) {
            pair.a.addTrack(EncodedTrack.opus("a"));
            var first = pair.a.createOffer(new OfferOptions(false, false, true));
            run(pair);
            assertThat(pair.a.getTransceivers())
                    .extracting(RtpTransceiver::direction)
                    .containsExactly(RtpTransceiverDirection.SENDONLY, RtpTransceiverDirection.RECVONLY);
            assertThat(first.join().sdp()).contains("m=video");
            pair.a.createOffer(new OfferOptions(false, null, true));
            pair.a.createOffer(new OfferOptions(false, null, false));
            run(pair);
            assertThat(pair.a.getTransceivers())
                    .extracting(RtpTransceiver::direction)
                    .containsExactly(RtpTransceiverDirection.SENDONLY, RtpTransceiverDirection.INACTIVE);
        }
    }

    @Test
    void theSctpTransportIsThereWithTheOfferAndGoesWhereItIsBundled() {
        try (SimulatedPair pair = new SimulatedPair(2)) {
            pair.a.addTrack(EncodedTrack.opus("a"));
            pair.a.createDataChannel("d");
            pair.a.setLocalDescription();
            run(pair);
            SctpTransport offered = Objects.requireNonNull(pair.a.sctp());
            assertThat(offered.state()).isEqualTo(SctpTransportState.CONNECTING);
            assertThat(offered.transport())
                    .isNotEqualTo(pair.a.getSenders().get(0).transport());
            pair.a.setLocalDescription(SessionDescription.rollback());
            run(pair);
            assertThat(pair.a.sctp()).isNull();
            pair.connect();
            assertThat(Objects.requireNonNull(pair.a.sctp()).transport())
                    .isEqualTo(pair.a.getSenders().get(0).transport());
        }
    }

    @Test
    void theEndOfCandidatesComesWhileTheTransportStillGathers() {
        try (SimulatedPair pair = new SimulatedPair(3)) {
            List<String> events = new ArrayList<>();
            pair.a.addTrack(EncodedTrack.opus("a"));
            pair.a.onIceCandidate(event -> {
                IceCandidate candidate = event.candidate();
                if (candidate == null || candidate.candidate().isEmpty()) {
                    events.add((candidate == null ? "null " : "empty ") + pair.a.iceGatheringState());
                }
            });
            pair.a.onIceGatheringStateChange(() -> events.add("state " + pair.a.iceGatheringState()));
            pair.a.setLocalDescription();
            run(pair);
            assertThat(events).containsExactly("state gathering", "empty gathering", "state complete", "null complete");
        }
    }

    @Test
    void aRestartThatIsRolledBackGathersNothingAnew() {
        try (SimulatedPair pair = new SimulatedPair(4)) {
            pair.a.addTrack(EncodedTrack.opus("a"));
            pair.connect();
            pair.a.restartIce();
            pair.a.setLocalDescription();
            run(pair);
            List<String> events = new ArrayList<>();
            pair.a.onIceGatheringStateChange(() -> events.add("state " + pair.a.iceGatheringState()));
            pair.a.onIceCandidate(event -> events.add("candidate"));
            pair.a.setLocalDescription(SessionDescription.rollback());
            run(pair);
            assertThat(events).isEmpty();
            assertThat(pair.a.iceGatheringState()).isEqualTo(IceGatheringState.COMPLETE);
        }
    }
}

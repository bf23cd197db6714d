package dev.yodel.webrtc.internal.jsep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpEncodingParameters;
import dev.yodel.webrtc.SdpType;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Simulcast envelopes: offered, narrowed by an answer, made by a remote offer, rolled back (RFC 8853 5, WebRTC 1.0
 * 4.4).
 */
class SimulcastNegotiationTest {
    private static final String WANTED =
            "a=rid:f recv\r\na=rid:h recv\r\na=rid:q recv\r\na=rid:x recv\r\na=simulcast:recv f;~h,x;q\r\n";

    private final JsepPeer a = new JsepPeer(1);
    private final JsepPeer b = new JsepPeer(2);

    private static RtpEncodingParameters layer(String rid) {
        return RtpEncodingParameters.builder().rid(rid).build();
    }

    private int simulcast(String... rids) {
        return a.apply(new JsepInput.AddTransceiver(
                MediaKind.VIDEO,
                Direction.SENDRECV,
                "t",
                List.of(),
                List.of(rids).stream().map(SimulcastNegotiationTest::layer).toList()));
    }

    private static List<String> rids(JsepPeer peer) {
        return peer.state.transceivers().get(0).rids();
    }

    /** What b answers, with what it wants to receive of the simulcast. */
    private String answer(String offer, String more) {
        return b.answer(offer) + more;
    }

    @Test
    void theOfferNamesEveryLayer() {
        simulcast("f", "h", "q");
        String offer = a.createOffer();
        assertThat(offer)
                .contains("a=rid:f send\r\na=rid:h send\r\na=rid:q send\r\na=simulcast:send f;h;q\r\n")
                .doesNotContain("a=ssrc");
        a.apply(new JsepInput.SetDirection(a.state.transceivers().get(0).id(), Direction.RECVONLY));
        assertThat(a.createOffer()).doesNotContain("a=simulcast");
    }

    /** RFC 8853 5.3: who only receives may ask for layers too; a renegotiation goes on with those that are sent. */
    @Test
    void anOfferMayAskForLayers() {
        a.apply(new JsepInput.AddTransceiver(
                MediaKind.VIDEO, Direction.RECVONLY, null, List.of(), List.of(), List.of("q", "h", "f")));
        String offer = a.offer();
        assertThat(offer).contains("a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv q;h;f\r\n");
        b.remote(SdpType.OFFER, offer);
        int sender = b.state.transceivers().get(0).id();
        b.apply(new JsepInput.SetDirection(sender, Direction.SENDRECV));
        String answer = b.createAnswer();
        assertThat(answer).contains("a=simulcast:send q;h;f\r\n");
        a.remote(SdpType.ANSWER, answer);
        assertThat(a.state.transceivers().get(0).association().media().receiveRids())
                .containsExactly("q", "h", "f");
        assertThat(a.createOffer()).contains("a=simulcast:recv q;h;f\r\n");
    }

    @Test
    void anAnswerThatTakesAllChangesNothing() {
        simulcast("f", "h", "q");
        a.remote(SdpType.ANSWER, answer(a.offer(), WANTED));
        assertThat(rids(a)).containsExactly("f", "h", "q");
        assertThat(a.state.transceivers().get(0).association().media().sendRids())
                .containsExactly("f", "h", "q");
        assertThat(a.createOffer()).contains("a=simulcast:send f;h;q\r\n");
    }

    @Test
    void anAnswerTakesLayersAwayAndCannotBringThemBack() {
        simulcast("f", "h", "q");
        a.remote(SdpType.ANSWER, answer(a.offer(), "a=rid:q recv\r\na=rid:h recv\r\na=simulcast:recv q;h\r\n"));
        assertThat(rids(a)).containsExactly("h", "q");
        a.remote(SdpType.ANSWER, answer(a.offer(), WANTED));
        assertThat(rids(a)).containsExactly("h", "q");
    }

    @Test
    void anAnswerWithoutSimulcastLeavesTheFirstLayer() {
        simulcast("f", "h", "q");
        a.negotiateWith(b);
        assertThat(rids(a)).containsExactly("f");
        assertThat(a.state.transceivers().get(0).association().media().sendRids())
                .isEmpty();
    }

    @Test
    void anAnswerThatReceivesNothingSaysNothingAboutLayers() {
        simulcast("f", "h", "q");
        String inactive = answer(a.offer(), "").replace("a=recvonly", "a=inactive");
        a.remote(SdpType.ANSWER, inactive);
        assertThat(rids(a)).containsExactly("f", "h", "q");
    }

    @Test
    void aRemoteOfferThatAsksForSimulcastGetsIt() {
        a.addTransceiver(MediaKind.VIDEO, Direction.RECVONLY);
        String offer = a.offer() + WANTED;
        b.remote(SdpType.OFFER, offer);
        TransceiverState transceiver = b.state.transceivers().get(0);
        b.apply(new JsepInput.SetDirection(transceiver.id(), Direction.SENDONLY));
        assertThat(rids(b)).containsExactly("f", "h", "q");
        assertThat(b.state.transceivers().get(0).encodings())
                .extracting(RtpEncodingParameters::scaleResolutionDownBy)
                .containsExactly(4.0, 2.0, 1.0);
        String answer = b.createAnswer();
        assertThat(answer).contains("a=simulcast:send f;h;q\r\n");
        b.local(SdpType.ANSWER, answer);
        assertThat(rids(b)).containsExactly("f", "h", "q");
        assertThat(b.state.transceivers().get(0).association().media().sendRids())
                .containsExactly("f", "h", "q");
    }

    @Test
    void audioHasNoSimulcast() {
        a.addTransceiver(MediaKind.AUDIO, Direction.RECVONLY);
        b.remote(SdpType.OFFER, a.offer() + WANTED);
        assertThat(rids(b)).isEmpty();
    }

    @Test
    void aRollbackTakesTheProposalBack() {
        a.addTrack(MediaKind.VIDEO);
        b.addTrack(MediaKind.VIDEO);
        JsepState before = b.state;
        b.remote(SdpType.OFFER, a.offer() + WANTED);
        assertThat(rids(b)).containsExactly("f", "h", "q");
        b.remote(SdpType.ROLLBACK, "");
        assertThat(b.state.transceivers().get(0).encodings())
                .isEqualTo(before.transceivers().get(0).encodings());
        assertThat(rids(b)).isEmpty();
    }
}

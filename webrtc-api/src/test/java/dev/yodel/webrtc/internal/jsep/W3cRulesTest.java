package dev.yodel.webrtc.internal.jsep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.ice.IceCredentials;
import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.BundlePolicy;
import dev.yodel.webrtc.InvalidAccessException;
import dev.yodel.webrtc.InvalidModificationException;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.OperationException;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SignalingState;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Rules of WebRTC 1.0, 4.4 and 5, that the W3C's own tests show and that are easy to get wrong. */
class W3cRulesTest {
    private final JsepPeer a = new JsepPeer(1);
    private final JsepPeer b = new JsepPeer(2);

    @Test
    void anOfferIsRolledBackByTheMethodThatSetIt() {
        a.addTrack(MediaKind.AUDIO);
        String offer = a.offer();
        assertThatThrownBy(() -> a.remote(SdpType.ROLLBACK, "")).isInstanceOf(InvalidStateException.class);
        b.remote(SdpType.OFFER, offer);
        assertThatThrownBy(() -> b.local(SdpType.ROLLBACK, "")).isInstanceOf(InvalidStateException.class);
        a.local(SdpType.ROLLBACK, "");
        b.remote(SdpType.ROLLBACK, "");
        assertThat(a.state.signaling()).isEqualTo(SignalingState.STABLE);
        assertThat(b.state.signaling()).isEqualTo(SignalingState.STABLE);
    }

    @Test
    void theLastOfferIsValidUntilSomethingChanges() {
        assertThat(Negotiator.isLastValid(a.state, SdpType.OFFER)).isFalse();
        a.addTrack(MediaKind.AUDIO);
        a.createOffer();
        assertThat(Negotiator.isLastValid(a.state, SdpType.OFFER)).isTrue();
        int video = a.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV);
        assertThat(Negotiator.isLastValid(a.state, SdpType.OFFER)).isFalse();
        a.createOffer();
        a.apply(new JsepInput.SetDirection(video, Direction.RECVONLY));
        assertThat(Negotiator.isLastValid(a.state, SdpType.OFFER)).isFalse();
    }

    @Test
    void theLastAnswerSurvivesARollbackOfTheSameOffer() {
        a.addTransceiver(MediaKind.AUDIO, Direction.RECVONLY);
        String offer = a.createOffer();
        b.remote(SdpType.OFFER, offer);
        String answer = b.createAnswer();
        b.remote(SdpType.ROLLBACK, "");
        b.addTransceiver(MediaKind.VIDEO, Direction.RECVONLY);
        b.createOffer();
        b.remote(SdpType.OFFER, offer);
        b.local(SdpType.ANSWER, answer);
        assertThat(b.state.signaling()).isEqualTo(SignalingState.STABLE);
        TransceiverState answered = Objects.requireNonNull(b.state.byIndex(0));
        assertThat(answered.kind()).isEqualTo(MediaKind.AUDIO);
        assertThat(b.state.transport(answered.association().transport())).isNotNull();
    }

    @Test
    void theLastAnswerDoesNotFitAnotherOffer() {
        a.addTransceiver(MediaKind.AUDIO, Direction.RECVONLY);
        b.remote(SdpType.OFFER, a.createOffer());
        String answer = b.createAnswer();
        b.remote(SdpType.ROLLBACK, "");
        a.addTransceiver(MediaKind.VIDEO, Direction.RECVONLY);
        b.remote(SdpType.OFFER, a.createOffer());
        assertThatThrownBy(() -> b.local(SdpType.ANSWER, answer)).isInstanceOf(InvalidModificationException.class);
    }

    @Test
    void aPeerWithoutMsidSendsOneStream() {
        a.addTrack(MediaKind.AUDIO);
        a.addTrack(MediaKind.VIDEO);
        String offer = a.createOffer();
        StringBuilder bare = new StringBuilder();
        offer.lines().filter(line -> !line.startsWith("a=msid:")).forEach(line -> bare.append(line)
                .append("\r\n"));
        b.remote(SdpType.OFFER, bare.toString());
        List<List<String>> streams = b.events.stream()
                .filter(JsepEvent.TrackAdded.class::isInstance)
                .map(event -> ((JsepEvent.TrackAdded) event).streams())
                .toList();
        assertThat(streams).hasSize(2);
        assertThat(streams.get(0)).hasSize(1).isEqualTo(streams.get(1));
    }

    @Test
    void rollbackPutsTracksBackIntoTheirStreams() {
        int sender = a.addTrack(MediaKind.AUDIO);
        a.negotiateWith(b);
        a.apply(new JsepInput.SetStreams(sender, List.of("other")));
        b.remote(SdpType.OFFER, a.createOffer());
        b.remote(SdpType.ROLLBACK, "");
        assertThat(b.events)
                .filteredOn(JsepEvent.TrackAdded.class::isInstance)
                .singleElement()
                .isEqualTo(
                        new JsepEvent.TrackAdded(b.state.transceivers().get(0).id(), List.of("stream")));
    }

    @Test
    void aTrackThatIsSentTwiceHasTwoNames() {
        a.apply(new JsepInput.AddTransceiver(MediaKind.AUDIO, Direction.SENDONLY, "t", List.of("s")));
        a.apply(new JsepInput.AddTransceiver(MediaKind.AUDIO, Direction.SENDONLY, "t", List.of("s")));
        String offer = a.createOffer();
        assertThat(offer).containsOnlyOnce("a=msid:s t\r\n");
        b.answer(offer);
        // RFC 8830 2: the same name in two sections is refused.
        String twice = offer.replaceAll("a=msid:s \\S+", "a=msid:s t").replaceAll("a=ssrc\\S* .*\r\n", "");
        assertThatThrownBy(() -> new JsepPeer(3).remote(SdpType.OFFER, twice))
                .isInstanceOf(OperationException.class)
                .hasMessageContaining("m-sections 0 and 1");
    }

    @Test
    void aTransceiverStoppedWhileAnOfferWaitsIsAnsweredInactive() {
        a.addTrack(MediaKind.AUDIO);
        b.addTrack(MediaKind.AUDIO);
        b.remote(SdpType.OFFER, a.offer());
        b.apply(new JsepInput.Stop(b.state.transceivers().get(0).id()));
        String answer = b.createAnswer();
        assertThat(answer).contains("a=inactive\r\n").doesNotContain("m=audio 0");
        b.local(SdpType.ANSWER, answer);
        assertThat(b.state.transceivers().get(0).currentDirection()).isEqualTo(Direction.INACTIVE);
        assertThat(Negotiator.negotiationNeeded(b.state)).isTrue();
        a.remote(SdpType.ANSWER, answer);
        b.negotiateWith(a);
        assertThat(a.state.transceivers()).isEmpty();
        assertThat(b.state.transceivers()).isEmpty();
    }

    @Test
    void aTransceiverOfAddTransceiverTakesNoOfferedSection() {
        a.addTrack(MediaKind.AUDIO);
        b.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV);
        b.addTrack(MediaKind.AUDIO);
        b.remote(SdpType.OFFER, a.createOffer());
        assertThat(b.state.transceivers()).hasSize(2);
        assertThat(b.state.transceivers().get(0).association().mid()).isNull();
    }

    @Test
    void restartIceWaitsForAnOfferOfOurs() {
        a.addTrack(MediaKind.AUDIO);
        a.negotiateWith(b);
        IceCredentials before = b.state.transports().get(0).local();
        String offer = a.offer();
        b.remote(SdpType.OFFER, offer);
        b.apply(new JsepInput.RestartIce());
        String answer = b.createAnswer();
        b.local(SdpType.ANSWER, answer);
        a.remote(SdpType.ANSWER, answer);
        assertThat(b.state.transports().get(0).local()).isEqualTo(before);
        assertThat(Negotiator.negotiationNeeded(b.state)).isTrue();
        b.negotiateWith(a);
        assertThat(b.state.transports().get(0).local()).isNotEqualTo(before);
        assertThat(Negotiator.negotiationNeeded(b.state)).isFalse();
    }

    @Test
    void theOrderOfStreamsNeedsNoNegotiation() {
        int sender = a.apply(new JsepInput.AddTrack(MediaKind.AUDIO, "t", List.of("s1", "s2")));
        a.negotiateWith(b);
        a.apply(new JsepInput.SetStreams(sender, List.of("s2", "s1")));
        assertThat(Negotiator.negotiationNeeded(a.state)).isFalse();
        a.apply(new JsepInput.SetStreams(sender, List.of("s2")));
        assertThat(Negotiator.negotiationNeeded(a.state)).isTrue();
    }

    @Test
    void aCandidateBelongsToTheFragmentOfItsOwnSection() {
        JsepPeer offerer = new JsepPeer(3, BundlePolicy.MAX_COMPAT);
        offerer.addTrack(MediaKind.AUDIO);
        offerer.addTrack(MediaKind.VIDEO);
        String offer = offerer.offer();
        String first = Objects.requireNonNull(offerer.state.transports().get(0).local())
                .ufrag();
        int second = offer.indexOf("m=video");
        b.remote(
                SdpType.OFFER,
                offer.substring(0, second)
                        + offer.substring(second).replace("a=ice-ufrag:" + first, "a=ice-ufrag:another"));
        String line = "candidate:1 1 udp 2113937151 192.0.2.1 5000 typ host";
        b.apply(new JsepInput.AddRemoteCandidate(line, "0", 0, first));
        assertThatThrownBy(() -> b.apply(new JsepInput.AddRemoteCandidate(line, "1", 1, first)))
                .isInstanceOf(OperationException.class);
    }

    @Test
    void anotherIceConfigurationRestartsIceWithTheNextOffer() {
        a.addTrack(MediaKind.AUDIO);
        a.negotiateWith(b);
        IceCredentials before = a.state.transports().get(0).local();
        a.apply(new JsepInput.IceConfigurationChanged());
        assertThat(Negotiator.negotiationNeeded(a.state)).isFalse();
        b.negotiateWith(a);
        assertThat(a.state.transports().get(0).local()).as("as answerer").isEqualTo(before);
        a.negotiateWith(b);
        IceCredentials after = a.state.transports().get(0).local();
        assertThat(after).isNotEqualTo(before);
        a.negotiateWith(b);
        assertThat(a.state.transports().get(0).local()).isEqualTo(after);
    }

    @Test
    void payloadTypesThatLookLikeRtcpAreRefused() {
        a.addTrack(MediaKind.AUDIO);
        String offer = a.createOffer();
        for (int type : new int[] {64, 95}) {
            String wrong = offer.replace(" 111 ", " " + type + " ").replace(":111 ", ":" + type + " ");
            assertThatThrownBy(() -> b.remote(SdpType.OFFER, wrong)).isInstanceOf(InvalidAccessException.class);
        }
        b.remote(SdpType.OFFER, offer.replace(" 111 ", " 62 ").replace(":111 ", ":62 "));
    }

    /**
     * The group's transport belongs to its first section, as in the browsers: when another one comes first, ICE and DTLS
     * begin anew, on both sides, whoever offers.
     */
    @Test
    void anotherFirstSectionOfTheGroupHasAnotherAssociation() {
        int first = a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV);
        a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV);
        a.negotiateWith(b);
        assertThat(a.state.transports().get(0).association()).isEqualTo(1);
        a.negotiateWith(b);
        assertThat(b.state.transports().get(0).association()).isEqualTo(1);
        String credentials = line(a.createOffer(), "a=ice-ufrag:");
        String answered = line(Objects.requireNonNull(b.state.currentLocal()).text(), "a=ice-ufrag:");

        a.apply(new JsepInput.Stop(first));
        String offer = a.offer();
        assertThat(offer).contains("a=group:BUNDLE 1\r\n");
        assertThat(line(offer, "a=ice-ufrag:")).isNotEqualTo(credentials);
        String answer = b.answer(offer);
        assertThat(line(answer, "a=ice-ufrag:")).isNotEqualTo(answered);
        a.remote(SdpType.ANSWER, answer);
        assertThat(a.state.transports().get(0).association()).isEqualTo(2);
        assertThat(b.state.transports().get(0).association()).isEqualTo(2);
        assertThat(b.state.transports().get(0).dtlsRole())
                .isNotEqualTo(a.state.transports().get(0).dtlsRole());

        // The place is used again: the new section is the first.
        b.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV);
        String again = b.offer();
        assertThat(again).contains("a=group:BUNDLE 2 1\r\n");
        b.local(SdpType.ROLLBACK, "");
        b.negotiateWith(a);
        assertThat(a.state.transports()).hasSize(1);
        assertThat(a.state.transports().get(0).association()).isEqualTo(3);
        assertThat(b.state.transports().get(0).association()).isEqualTo(3);
    }

    /** Firefox begins a new transport under the credentials of the old one, and takes no other ones in the answer. */
    @Test
    void anOfferWithAnotherFirstSectionMayKeepItsCredentials() {
        int first = a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV);
        a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV);
        a.negotiateWith(b);
        String before = Objects.requireNonNull(a.state.currentLocal()).text();
        String answered = line(Objects.requireNonNull(b.state.currentLocal()).text(), "a=ice-ufrag:");
        a.apply(new JsepInput.Stop(first));
        String offer = a.createOffer();
        String kept = offer.replace(line(offer, "a=ice-ufrag:"), line(before, "a=ice-ufrag:"))
                .replace(line(offer, "a=ice-pwd:"), line(before, "a=ice-pwd:"));
        String answer = b.answer(kept);
        assertThat(line(answer, "a=ice-ufrag:")).isEqualTo(answered);
        assertThat(b.state.transports().get(0).association()).isEqualTo(2);
    }

    /** RFC 8285 6: also when the section that agreed on it is gone. */
    @Test
    void anIdOfAHeaderExtensionNeverMeansAnother() {
        int first = a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV);
        String offer = a.createOffer()
                .replace("a=extmap:1 ", "a=extmap:X ")
                .replace("a=extmap:4 ", "a=extmap:1 ")
                .replace("a=extmap:X ", "a=extmap:4 ");
        b.answer(offer);
        b.apply(new JsepInput.Stop(b.state.transceivers().get(0).id()));
        b.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV);
        String later = b.offer();
        assertThat(first).isZero();
        assertThat(later).contains("a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n");
        assertThat(later).doesNotContain("a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid");
    }

    /** RFC 9143 9.1, 9.2: between sections of a kind whose packets carry the MID, as Firefox writes it. */
    @Test
    void J05_aPayloadTypeMayMeanTwoCodecsWhereTheMidTellsSectionsApart() {
        a.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV);
        a.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV);
        String offer = a.createOffer();
        int second = offer.lastIndexOf("m=video");
        String mixed =
                offer.substring(0, second) + offer.substring(second).replace("a=rtpmap:96 VP8/", "a=rtpmap:96 VP7/");
        assertThat(mixed).isNotEqualTo(offer);
        String unnamed = mixed.replace("urn:ietf:params:rtp-hdrext:sdes:mid", "urn:example");
        assertThatThrownBy(() -> b.remote(SdpType.OFFER, unnamed)).isInstanceOf(InvalidAccessException.class);
        b.remote(SdpType.OFFER, mixed);
    }

    private static String line(String sdp, String start) {
        return sdp.lines().filter(line -> line.startsWith(start)).findFirst().orElse("");
    }

    @Test
    void anAnswerKeepsTheIdsOfHeaderExtensions() {
        a.addTrack(MediaKind.AUDIO);
        String answer = b.answer(a.offer());
        String swapped = answer.replace("a=extmap:1 ", "a=extmap:X ")
                .replace("a=extmap:4 ", "a=extmap:1 ")
                .replace("a=extmap:X ", "a=extmap:4 ");
        assertThat(swapped).isNotEqualTo(answer);
        assertThatThrownBy(() -> a.remote(SdpType.ANSWER, swapped)).isInstanceOf(InvalidAccessException.class);
        a.remote(SdpType.ANSWER, answer);
    }

    @Test
    void whatAnAnswerAddsIsSentIfItIsKnown() {
        int video = a.addTransceiver(MediaKind.VIDEO, Direction.SENDONLY);
        Codec vp8 = Capabilities.codecs(MediaKind.VIDEO).get(0);
        a.apply(new JsepInput.SetPreferences(video, List.of(vp8)));
        String answer = b.answer(a.offer())
                .replace("SAVPF 96", "SAVPF 63 96")
                .replace("a=rtpmap:96", "a=rtpmap:63 VP9/90000\r\na=rtpmap:96");
        a.remote(SdpType.ANSWER, answer);
        assertThat(a.state.transceivers().get(0).association().media().sendCodecs())
                .extracting(Codec::name)
                .containsExactly("VP9", "VP8");
    }

    @Test
    void aTransceiverThatAddTrackAdoptedIsFoundByTheSameOffer() {
        a.addTrack(MediaKind.AUDIO);
        String offer = a.createOffer();
        b.remote(SdpType.OFFER, offer);
        b.addTrack(MediaKind.AUDIO);
        b.remote(SdpType.ROLLBACK, "");
        assertThat(b.state.transceivers()).hasSize(1);
        int adopted = b.state.transceivers().get(0).id();
        b.remote(SdpType.OFFER, offer);
        assertThat(b.state.transceivers()).hasSize(1);
        assertThat(b.events)
                .filteredOn(JsepEvent.TrackAdded.class::isInstance)
                .singleElement()
                .isEqualTo(new JsepEvent.TrackAdded(adopted, List.of("stream")));
    }
}

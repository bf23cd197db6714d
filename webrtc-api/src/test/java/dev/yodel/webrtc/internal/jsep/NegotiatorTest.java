package dev.yodel.webrtc.internal.jsep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.dtls.DtlsRole;
import dev.yodel.ice.IceRole;
import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.BundlePolicy;
import dev.yodel.webrtc.InvalidAccessException;
import dev.yodel.webrtc.InvalidModificationException;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.OperationException;
import dev.yodel.webrtc.RtcErrorException;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SignalingState;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The exchange of descriptions between two negotiators (RFC 9429). */
class NegotiatorTest {
    private final JsepPeer a = new JsepPeer(1);
    private final JsepPeer b = new JsepPeer(2);

    @Test
    void audioCallBothWays() {
        a.addTrack(MediaKind.AUDIO);
        b.addTrack(MediaKind.AUDIO);
        a.negotiateWith(b);
        TransportState ours = a.state.transports().get(0);
        TransportState theirs = b.state.transports().get(0);
        assertThat(ours.iceRole()).isEqualTo(IceRole.CONTROLLING);
        assertThat(theirs.iceRole()).isEqualTo(IceRole.CONTROLLED);
        assertThat(ours.dtlsRole()).isEqualTo(DtlsRole.SERVER);
        assertThat(theirs.dtlsRole()).isEqualTo(DtlsRole.CLIENT);
        assertThat(ours.remote()).isEqualTo(theirs.local());
        assertThat(theirs.remote()).isEqualTo(ours.local());
        for (JsepPeer peer : List.of(a, b)) {
            TransceiverState transceiver = peer.state.transceivers().get(0);
            assertThat(transceiver.currentDirection()).isEqualTo(Direction.SENDRECV);
            assertThat(transceiver.association().media().sendCodecs())
                    .extracting(Codec::name)
                    .containsExactly("opus", "red", "PCMU", "PCMA", "G722", "CN", "telephone-event", "telephone-event");
            assertThat(Negotiator.negotiationNeeded(peer.state)).isFalse();
        }
    }

    @Test
    void offerIsWrittenAsRfc9429Says() {
        a.addTrack(MediaKind.AUDIO);
        a.addTransceiver(MediaKind.VIDEO, Direction.RECVONLY);
        String offer = a.createOffer();
        assertThat(offer)
                .startsWith("v=0\r\no=- 2 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n")
                .contains("m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0 8 9 13 110 126\r\n")
                .contains("a=setup:actpass\r\n", "a=rtcp-mux\r\n", "a=msid:stream track0\r\n", "a=recvonly\r\n");
        assertThat(SdpMapper.read(offer, true).media()).hasSize(2);
    }

    @Test
    void bundlePoliciesShareTransportsAsTheySay() {
        for (BundlePolicy policy : BundlePolicy.values()) {
            JsepPeer peer = new JsepPeer(3, policy);
            peer.addTrack(MediaKind.AUDIO);
            peer.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV);
            peer.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV);
            peer.offer();
            int expected =
                    switch (policy) {
                        case BALANCED -> 2;
                        case MAX_COMPAT -> 3;
                        case MAX_BUNDLE -> 1;
                    };
            assertThat(peer.state.transports()).as(policy.toString()).hasSize(expected);
            JsepPeer answerer = new JsepPeer(4);
            peer.remote(
                    SdpType.ANSWER,
                    answerer.answer(Objects.requireNonNull(peer.state.local()).text()));
            assertThat(peer.state.transports()).as("bundled").hasSize(1);
            assertThat(answerer.state.transports()).hasSize(1);
        }
    }

    @Test
    void peerThatDoesNotBundleGetsATransportPerSection() {
        JsepPeer offerer = new JsepPeer(3, BundlePolicy.MAX_COMPAT);
        offerer.addTrack(MediaKind.AUDIO);
        offerer.addTrack(MediaKind.VIDEO);
        String offer = offerer.offer().replace("a=group:BUNDLE 0 1\r\n", "");
        String answer = b.answer(offer);
        assertThat(b.state.transports()).hasSize(2);
        offerer.remote(SdpType.ANSWER, answer);
        assertThat(offerer.state.transports()).hasSize(2);
        for (int i = 0; i < 2; i++) {
            TransportState transport = offerer.state.transport(
                    offerer.state.transceivers().get(i).association().transport());
            TransportState other = b.state.transport(
                    b.state.transceivers().get(i).association().transport());
            assertThat(Objects.requireNonNull(transport).remote())
                    .isEqualTo(Objects.requireNonNull(other).local());
        }
    }

    @Test
    void laterSectionsJoinTheTransportThatStands() {
        a.addTrack(MediaKind.AUDIO);
        a.negotiateWith(b);
        int transport = a.state.transports().get(0).id();
        a.addTrack(MediaKind.VIDEO);
        assertThat(Negotiator.negotiationNeeded(a.state)).isTrue();
        a.negotiateWith(b);
        assertThat(a.state.transports()).hasSize(1);
        assertThat(a.state.transceivers().get(1).association().transport()).isEqualTo(transport);
        // And the other way round, with the roles kept.
        b.addTrack(MediaKind.AUDIO);
        b.negotiateWith(a);
        assertThat(a.state.transports().get(0).dtlsRole()).isEqualTo(DtlsRole.SERVER);
        assertThat(a.state.transports().get(0).iceRole()).isEqualTo(IceRole.CONTROLLING);
        assertThat(a.state.transceivers()).hasSize(2);
        assertThat(a.state.transceivers().get(0).currentDirection()).isEqualTo(Direction.SENDRECV);
    }

    @Test
    void stoppedSectionIsUsedAgain() {
        a.addTrack(MediaKind.AUDIO);
        a.addTrack(MediaKind.VIDEO);
        a.negotiateWith(b);
        a.apply(new JsepInput.Stop(1));
        assertThat(Negotiator.negotiationNeeded(a.state)).isTrue();
        a.negotiateWith(b);
        assertThat(a.state.transceivers()).hasSize(1);
        assertThat(b.state.transceivers()).hasSize(1);
        assertThat(Negotiator.negotiationNeeded(a.state)).isFalse();
        b.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV);
        b.negotiateWith(a);
        assertThat(Objects.requireNonNull(a.state.local()).model().media()).hasSize(2);
        assertThat(a.state.transceivers().get(1).association().mid()).isEqualTo("2");
        assertThat(a.state.transceivers().get(1).association().index()).isEqualTo(1);
    }

    @Test
    void rollbackOfALocalOfferRestoresTheState() {
        a.addTrack(MediaKind.AUDIO);
        a.negotiateWith(b);
        a.addTrack(MediaKind.VIDEO);
        JsepState before = a.state;
        a.offer();
        assertThat(a.state).isNotEqualTo(before);
        a.local(SdpType.ROLLBACK, "");
        assertThat(a.state.negotiated()).isEqualTo(before.negotiated());
        assertThat(a.events).containsExactly(new JsepEvent.SignalingChanged(SignalingState.STABLE));
    }

    @Test
    void rollbackOfARemoteOfferTakesItsTransceiversAway() {
        a.addTrack(MediaKind.AUDIO);
        a.negotiateWith(b);
        JsepState before = b.state;
        a.addTrack(MediaKind.VIDEO);
        b.remote(SdpType.OFFER, a.offer());
        assertThat(b.state.transceivers()).hasSize(2);
        b.remote(SdpType.ROLLBACK, "");
        assertThat(b.state.negotiated()).isEqualTo(before.negotiated());
        assertThat(b.events)
                .contains(
                        new JsepEvent.TransceiverStopped(1),
                        new JsepEvent.SignalingChanged(SignalingState.STABLE),
                        new JsepEvent.TrackMuted(1),
                        new JsepEvent.StreamTrackRemoved("stream", 1));
    }

    @Test
    void transceiverThatAddTrackTookSurvivesTheRollback() {
        a.addTransceiver(MediaKind.AUDIO, Direction.SENDONLY);
        b.remote(SdpType.OFFER, a.offer());
        b.addTrack(MediaKind.AUDIO);
        assertThat(b.state.transceivers()).hasSize(1);
        assertThat(b.state.transceivers().get(0).direction()).isEqualTo(Direction.SENDRECV);
        b.remote(SdpType.ROLLBACK, "");
        assertThat(b.state.transceivers()).hasSize(1);
        assertThat(b.state.transceivers().get(0).association().mid()).isNull();
    }

    @Test
    void J07_glareRollsOurOfferBack() {
        a.addTrack(MediaKind.AUDIO);
        b.addTrack(MediaKind.AUDIO);
        a.offer();
        String answer = a.answer(b.offer());
        b.remote(SdpType.ANSWER, answer);
        assertThat(a.state.signaling()).isEqualTo(SignalingState.STABLE);
        assertThat(a.state.transceivers().get(0).currentDirection()).isEqualTo(Direction.SENDRECV);
        assertThat(a.state.transports().get(0).iceRole()).isEqualTo(IceRole.CONTROLLED);
    }

    /**
     * RFC 8445 6.1.1: roles belong to the session. Browsers keep theirs when all sections are gone and another one is
     * offered.
     */
    @Test
    void aLaterTransportHasTheRoleOfTheSession() {
        a.addTrack(MediaKind.AUDIO);
        a.negotiateWith(b);
        int first = a.state.transports().get(0).id();
        a.apply(new JsepInput.Stop(a.state.transceivers().get(0).id));
        a.negotiateWith(b);
        assertThat(a.state.transports()).isEmpty();

        b.addTrack(MediaKind.AUDIO);
        b.negotiateWith(a);
        assertThat(a.state.transports().get(0).id()).isNotEqualTo(first);
        assertThat(a.state.transports().get(0).iceRole()).isEqualTo(IceRole.CONTROLLING);
        assertThat(b.state.transports().get(0).iceRole()).isEqualTo(IceRole.CONTROLLED);

        // A conflict turns the session's role.
        a.apply(new JsepInput.IceRoleChanged(a.state.transports().get(0).id(), IceRole.CONTROLLED));
        b.apply(new JsepInput.IceRoleChanged(b.state.transports().get(0).id(), IceRole.CONTROLLING));
        b.apply(new JsepInput.Stop(b.state.transceivers().get(0).id));
        b.negotiateWith(a);
        a.addTrack(MediaKind.AUDIO);
        a.offer();
        assertThat(a.state.transports().get(0).iceRole()).isEqualTo(IceRole.CONTROLLED);
    }

    @Test
    void provisionalAnswerStartsTheTransport() {
        a.addTrack(MediaKind.AUDIO);
        b.remote(SdpType.OFFER, a.offer());
        String text = b.createAnswer();
        b.local(SdpType.PRANSWER, text);
        assertThat(b.state.signaling()).isEqualTo(SignalingState.HAVE_LOCAL_PRANSWER);
        a.remote(SdpType.PRANSWER, text);
        assertThat(a.state.signaling()).isEqualTo(SignalingState.HAVE_REMOTE_PRANSWER);
        assertThat(a.state.transports().get(0).remote()).isNotNull();
        assertThat(a.state.transceivers().get(0).currentDirection()).isEqualTo(Direction.SENDONLY);
        String last = b.createAnswer();
        b.local(SdpType.ANSWER, last);
        a.remote(SdpType.ANSWER, last);
        assertThat(a.state.signaling()).isEqualTo(SignalingState.STABLE);
        assertThat(a.state.transports().get(0).remote())
                .isEqualTo(b.state.transports().get(0).local());
    }

    @Test
    void J07_wrongStatesAreRefusedByName() {
        assertThatThrownBy(() -> a.remote(SdpType.ANSWER, "")).isInstanceOf(InvalidStateException.class);
        assertThatThrownBy(() -> a.local(SdpType.ROLLBACK, "")).isInstanceOf(InvalidStateException.class);
        assertThatThrownBy(() -> a.createAnswer()).isInstanceOf(InvalidStateException.class);
        assertThatThrownBy(() -> a.local(SdpType.OFFER, "v=0\r\n")).isInstanceOf(InvalidModificationException.class);
        a.addTrack(MediaKind.AUDIO);
        b.remote(SdpType.OFFER, a.offer());
        assertThatThrownBy(() -> b.createOffer()).isInstanceOf(InvalidStateException.class);
        JsepState before = b.state;
        assertThatThrownBy(() -> b.remote(SdpType.ANSWER, "")).isInstanceOf(InvalidStateException.class);
        assertThat(b.state).isSameAs(before);
        b.local(SdpType.PRANSWER, b.createAnswer());
        assertThatThrownBy(() -> b.local(SdpType.ROLLBACK, "")).isInstanceOf(InvalidStateException.class);
    }

    /** RFC 8839 4.4.3.1: what was created before the offer restarted ICE has the old credentials. */
    @Test
    void J07_anAnswerFromBeforeARestartIsRefused() {
        a.addTrack(MediaKind.AUDIO);
        a.negotiateWith(b);
        b.remote(SdpType.OFFER, a.offer());
        String old = b.createAnswer();
        a.apply(new JsepInput.RestartIce());
        b.remote(SdpType.OFFER, a.offer());
        JsepState before = b.state;
        assertThatThrownBy(() -> b.local(SdpType.ANSWER, old))
                .isInstanceOf(InvalidModificationException.class)
                .hasMessageContaining("another offer");
        assertThat(b.state).isSameAs(before);
        a.remote(SdpType.ANSWER, b.createAnswer());
    }

    /** The peer rolled its first offer back and counts anew: what the first one made must not stay. */
    @Test
    void J07_anOfferReplacesAnotherWithOtherSections() {
        a.addTrack(MediaKind.AUDIO);
        b.remote(SdpType.OFFER, a.offer());
        a.local(SdpType.ROLLBACK, "");
        b.remote(SdpType.OFFER, a.offer());
        assertThat(b.events).noneMatch(event -> event instanceof JsepEvent.SignalingChanged);
        assertThat(b.state.signaling()).isEqualTo(SignalingState.HAVE_REMOTE_OFFER);
        assertThat(b.state.transceivers()).hasSize(1);
        assertThat(b.state.transceivers().get(0).association().mid())
                .isEqualTo(a.state.transceivers().get(0).association().mid());
        String answer = b.createAnswer();
        b.local(SdpType.ANSWER, answer);
        a.remote(SdpType.ANSWER, answer);
        assertThat(a.state.signaling()).isEqualTo(SignalingState.STABLE);
    }

    /** An offer rejects a section, then another one has it again: what the first one stopped gives the section up. */
    @Test
    void J07_aStoppedTransceiverGivesItsSectionToTheNextOffer() {
        a.addTrack(MediaKind.AUDIO);
        a.negotiateWith(b);
        String live = Objects.requireNonNull(a.state.local()).text();
        a.apply(new JsepInput.Stop(0));
        b.remote(SdpType.OFFER, a.offer());
        a.local(SdpType.ROLLBACK, "");
        b.remote(SdpType.OFFER, live);
        assertThat(b.state.transceivers())
                .extracting(transceiver -> transceiver.association().mid())
                .containsExactly(null, "0");
        b.remote(SdpType.ROLLBACK, "");
        assertThat(b.state.transceivers())
                .extracting(transceiver -> transceiver.association().mid())
                .containsExactly("0");
        b.answer(live);
        assertThat(b.state.transceivers()).hasSize(1);
        assertThat(b.state.transceivers().get(0).stopped()).isFalse();
    }

    @Test
    void J07_sectionsOfALaterOfferStayInPlace() {
        a.addTrack(MediaKind.AUDIO);
        a.addTrack(MediaKind.VIDEO);
        a.negotiateWith(b);
        String offer = a.createOffer();
        int video = offer.indexOf("m=video");
        String head = offer.substring(0, offer.indexOf("m=audio"));
        String audio = offer.substring(offer.indexOf("m=audio"), video);
        JsepState before = b.state;
        assertThatThrownBy(() -> b.remote(SdpType.OFFER, head + offer.substring(video) + audio))
                .isInstanceOf(InvalidAccessException.class)
                .hasMessageContaining("sections keep their order");
        assertThatThrownBy(() -> b.remote(SdpType.OFFER, (head + audio).replace("BUNDLE 0 1", "BUNDLE 0")))
                .isInstanceOf(InvalidAccessException.class)
                .hasMessageContaining("fewer than the 2");
        assertThat(b.state).isSameAs(before);
        b.remote(SdpType.OFFER, offer);
    }

    @Test
    void J07_sectionsOfAnAnswerStayInPlace() {
        a.addTrack(MediaKind.AUDIO);
        a.addTrack(MediaKind.VIDEO);
        String answer = b.answer(a.offer());
        int video = answer.indexOf("m=video");
        String head = answer.substring(0, answer.indexOf("m=audio"));
        String audio = answer.substring(answer.indexOf("m=audio"), video);
        JsepState before = a.state;
        assertThatThrownBy(() -> a.remote(SdpType.ANSWER, head + answer.substring(video) + audio))
                .isInstanceOf(InvalidAccessException.class);
        assertThatThrownBy(() -> a.remote(SdpType.ANSWER, (head + audio).replace("BUNDLE 0 1", "BUNDLE 0")))
                .isInstanceOf(InvalidAccessException.class)
                .hasMessageContaining("1 m-sections");
        assertThat(a.state).isSameAs(before);
    }

    @Test
    void J06_missingAttributesAreRefused() {
        a.addTrack(MediaKind.AUDIO);
        String offer = a.createOffer();
        for (String gone : List.of("a=rtcp-mux\r\n", "a=setup:actpass\r\n")) {
            assertThatThrownBy(() -> b.remote(SdpType.OFFER, offer.replace(gone, "")))
                    .as(gone)
                    .isInstanceOf(InvalidAccessException.class);
        }
        for (String start : List.of("a=fingerprint", "a=ice-ufrag", "a=ice-pwd")) {
            int at = offer.indexOf(start);
            String without = offer.substring(0, at) + offer.substring(offer.indexOf('\n', at) + 1);
            assertThatThrownBy(() -> b.remote(SdpType.OFFER, without))
                    .as(start)
                    .isInstanceOf(InvalidAccessException.class);
        }
        a.local(SdpType.OFFER, offer);
        String answer = new JsepPeer(5).answer(offer);
        assertThatThrownBy(() -> a.remote(SdpType.ANSWER, answer.replace("a=rtcp-mux\r\n", "")))
                .isInstanceOf(InvalidAccessException.class)
                .hasMessageContaining("rtcp-mux");
    }

    @Test
    void D16_anAnswerMustChooseItsRole() {
        a.addTrack(MediaKind.AUDIO);
        String answer = b.answer(a.offer());
        for (String undecided : List.of("actpass", "holdconn")) {
            JsepState before = a.state;
            assertThatThrownBy(() -> a.remote(SdpType.ANSWER, answer.replace("setup:active", "setup:" + undecided)))
                    .as(undecided)
                    .isInstanceOf(InvalidAccessException.class)
                    .hasMessageContaining("RFC 8842 section 5.");
            assertThat(a.state).isSameAs(before);
        }
        a.remote(SdpType.ANSWER, answer);
        assertThat(a.state.transports().get(0).dtlsRole()).isEqualTo(DtlsRole.SERVER);
    }

    @Test
    void syntaxErrorsCarryTheirLine() {
        a.addTrack(MediaKind.AUDIO);
        String offer = a.createOffer().replace("a=mid:0", "a=ssrc:4294967296 cname:x");
        assertThatThrownBy(() -> b.remote(SdpType.OFFER, offer)).isInstanceOfSatisfying(RtcErrorException.class, e -> {
            assertThat(e.error().errorDetail().toString()).isEqualTo("sdp-syntax-error");
            assertThat(e.error().sdpLineNumber()).isBetween(1, 40);
        });
    }

    @Test
    void S08_mediaWithoutDtlsIsRejected() {
        a.addTrack(MediaKind.AUDIO);
        String offer = a.createOffer();
        for (String protocol : List.of("RTP/AVP", "RTP/AVPF", "UDP/RTP/AVP")) {
            JsepPeer peer = new JsepPeer(9);
            String answer = peer.answer(offer.replace("UDP/TLS/RTP/SAVPF", protocol));
            assertThat(answer).contains("m=audio 0 " + protocol);
            assertThat(peer.state.transports()).isEmpty();
        }
    }

    @Test
    void D16_changedFingerprintNeedsAnIceRestart() {
        a.addTrack(MediaKind.AUDIO);
        a.negotiateWith(b);
        String offer = a.createOffer();
        String changed = offer.replace("AB:CD", "AA:CD");
        assertThatThrownBy(() -> b.remote(SdpType.OFFER, changed))
                .isInstanceOf(InvalidAccessException.class)
                .hasMessageContaining("ICE restart");
        a.apply(new JsepInput.CreateOffer(true, a.fingerprints));
        String restarted = Objects.requireNonNull(a.state.lastOffer).text().replace("AB:CD", "AA:CD");
        b.answer(restarted);
        assertThat(b.state.transports().get(0).fingerprints().get(0).value()).startsWith("AA:CD");
    }

    @Test
    void iceRestartChangesBothCredentials() {
        a.addTrack(MediaKind.AUDIO);
        a.negotiateWith(b);
        TransportState before = a.state.transports().get(0);
        TransportState other = b.state.transports().get(0);
        a.apply(new JsepInput.RestartIce());
        assertThat(Negotiator.negotiationNeeded(a.state)).isTrue();
        a.negotiateWith(b);
        assertThat(a.state.transports().get(0).local()).isNotEqualTo(before.local());
        assertThat(b.state.transports().get(0).local()).isNotEqualTo(other.local());
        assertThat(a.state.transports().get(0).id()).isEqualTo(before.id());
        assertThat(Negotiator.negotiationNeeded(a.state)).isFalse();
    }

    @Test
    void candidatesGoToTheirSection() {
        String line = "candidate:1 1 udp 2122194687 10.99.0.1 46158 typ host";
        assertThatThrownBy(() -> b.apply(new JsepInput.AddRemoteCandidate(line, "0", null, null)))
                .isInstanceOf(InvalidStateException.class);
        a.addTrack(MediaKind.AUDIO);
        String offer = a.offer();
        b.remote(SdpType.OFFER, offer);
        b.apply(new JsepInput.AddRemoteCandidate(line, "0", null, null));
        b.apply(new JsepInput.AddRemoteCandidate("", "0", null, null));
        assertThat(Objects.requireNonNull(b.state.pendingRemote()).text())
                .endsWith("a=" + line + "\r\na=end-of-candidates\r\n");
        b.local(SdpType.ANSWER, b.createAnswer());
        assertThat(b.state.transports().get(0).remoteCandidates()).containsExactly(line);
        assertThat(b.state.transports().get(0).endOfRemoteCandidates()).isTrue();
        JsepState before = b.state;
        assertThatThrownBy(() -> b.apply(new JsepInput.AddRemoteCandidate(line, "7", null, null)))
                .isInstanceOf(OperationException.class);
        assertThatThrownBy(() -> b.apply(new JsepInput.AddRemoteCandidate(line, null, 4, null)))
                .isInstanceOf(OperationException.class);
        assertThatThrownBy(() -> b.apply(new JsepInput.AddRemoteCandidate(line, "0", null, "nope")))
                .isInstanceOf(OperationException.class);
        assertThatThrownBy(() -> b.apply(new JsepInput.AddRemoteCandidate("candidate:x", "0", null, null)))
                .isInstanceOf(OperationException.class);
        assertThat(b.state).isSameAs(before);
    }

    /** What the peer gathered for a section that went into the bundle leads to a port that it has given up. */
    @Test
    void candidatesOfABundledSectionAreNotTried() {
        String line = "candidate:1 1 udp 2122194687 10.99.0.1 46158 typ host";
        a.addTrack(MediaKind.AUDIO);
        a.addTrack(MediaKind.VIDEO);
        String answer = b.answer(a.offer());
        String ufrag = a.state.transports().get(0).local().ufrag();
        b.apply(new JsepInput.AddRemoteCandidate(line, "1", null, ufrag));
        b.apply(new JsepInput.AddRemoteCandidate("", "1", null, ufrag));
        TransportState transport = b.state.transports().get(0);
        assertThat(Objects.requireNonNull(b.state.currentRemote()).text()).contains("a=" + line);
        assertThat(transport.remoteCandidates()).isEmpty();
        assertThat(transport.endOfRemoteCandidates()).isFalse();
        b.apply(new JsepInput.AddRemoteCandidate(line, "0", null, ufrag));
        b.apply(new JsepInput.AddRemoteCandidate("", null, null, null));
        transport = b.state.transports().get(0);
        assertThat(transport.remoteCandidates()).containsExactly(line);
        assertThat(transport.endOfRemoteCandidates()).isTrue();
        a.remote(SdpType.ANSWER, answer);
    }

    /** The answer says which section is the first of the bundle, also where the offer had another before it. */
    @Test
    void candidatesOfTheFirstSectionThatWasTakenAreTried() {
        String line = "candidate:1 1 udp 2122194687 10.99.0.1 46158 typ host";
        a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV);
        a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV);
        String offer = a.offer();
        int first = offer.indexOf("m=audio");
        int second = offer.indexOf("m=audio", first + 1);
        String strange = offer.substring(first, second)
                .lines()
                .filter(text ->
                        !text.startsWith("a=rtpmap:") && !text.startsWith("a=fmtp:") && !text.startsWith("a=rtcp-fb:"))
                .map(text -> text.startsWith("m=") ? "m=audio 9 UDP/TLS/RTP/SAVPF 96" : text)
                .collect(Collectors.joining("\r\n", "", "\r\na=rtpmap:96 strange/8000\r\n"));
        String answer = b.answer(offer.substring(0, first) + strange + offer.substring(second));
        assertThat(answer).contains("a=group:BUNDLE 1\r\n");
        b.apply(new JsepInput.AddRemoteCandidate(
                line, "1", null, a.state.transports().get(0).local().ufrag()));
        assertThat(b.state.transports().get(0).remoteCandidates()).containsExactly(line);
        a.remote(SdpType.ANSWER, answer);
        assertThat(a.state.transports()).hasSize(1);
    }

    /**
     * Firefox takes other credentials of a section than in the description before for a restart, also of one that was
     * bundled since (storms 233 and 359).
     */
    @Test
    void sectionsThatMayBeBundledHaveOneUserFragment() {
        for (BundlePolicy policy : BundlePolicy.values()) {
            JsepPeer peer = new JsepPeer(5, policy);
            peer.addTrack(MediaKind.AUDIO);
            peer.addTrack(MediaKind.VIDEO);
            String offer = peer.offer();
            assertThat(ufrags(offer)).as(policy.toString()).hasSize(1);
            JsepPeer answerer = new JsepPeer(6);
            peer.remote(SdpType.ANSWER, answerer.answer(offer));
            assertThat(ufrags(peer.answer(answerer.offer()))).isEqualTo(ufrags(offer));
            peer.apply(new JsepInput.RestartIce());
            assertThat(ufrags(peer.createOffer())).hasSize(1).isNotEqualTo(ufrags(offer));
        }
    }

    @Test
    void aPeerThatDoesNotBundleSeesNoRestartWhereNoneWas() {
        JsepPeer offerer = new JsepPeer(3, BundlePolicy.MAX_COMPAT);
        offerer.addTrack(MediaKind.AUDIO);
        offerer.addTrack(MediaKind.VIDEO);
        b.answer(offerer.offer().replace("a=group:BUNDLE 0 1\r\n", ""));
        // Here the sections of the answer had credentials of their own.
        String before = Objects.requireNonNull(b.state.currentLocal()).text();
        assertThat(ufrags(before)).hasSize(2);
        b.addTrack(MediaKind.AUDIO);
        b.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV);
        assertThat(ufrags(b.createOffer())).isEqualTo(ufrags(before));
    }

    /** Only the user fragment says which of the transports of one port a check is for. */
    @Test
    void transportsOfOnePortHaveAFragmentEach() {
        JsepPeer peer = new JsepPeer(7);
        JsepOptions of = peer.state.options;
        peer.state = JsepState.initial(new JsepOptions(
                of.sessionId(),
                of.cname(),
                of.bundlePolicy(),
                of.maxMessageBytes(),
                false,
                of.sctp(),
                false,
                false,
                false,
                of.videoFec(),
                false,
                true));
        peer.addTrack(MediaKind.AUDIO);
        peer.addTrack(MediaKind.VIDEO);
        assertThat(ufrags(peer.createOffer())).hasSize(2);
    }

    private static Set<String> ufrags(String text) {
        return text.lines()
                .filter(line -> line.startsWith("a=ice-ufrag:"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void I10_candidateFloodIsBounded() {
        a.addTrack(MediaKind.AUDIO);
        b.answer(a.offer());
        for (int i = 0; i < 1_000; i++) {
            String line = "candidate:1 1 udp 2122194687 10.99." + i / 250 + "." + i % 250 + " 46158 typ host";
            b.apply(new JsepInput.AddRemoteCandidate(line, "0", null, null));
        }
        assertThat(b.state.transports().get(0).remoteCandidates()).hasSize(256);
        assertThat(Objects.requireNonNull(b.state.currentRemote()).text().length())
                .isLessThan(40_000);
    }

    @Test
    void localDescriptionShowsWhatWasGathered() {
        a.addTrack(MediaKind.AUDIO);
        a.offer();
        int transport = a.state.transports().get(0).id();
        String line = "candidate:1 1 udp 2122194687 10.99.0.1 46158 typ host";
        a.apply(new JsepInput.LocalCandidate(transport, line));
        a.apply(new JsepInput.LocalCandidatesComplete(transport));
        String text = Negotiator.localText(a.state, Objects.requireNonNull(a.state.pendingLocal()));
        assertThat(text)
                .contains("m=audio 46158 ", "c=IN IP4 10.99.0.1\r\n", "a=" + line + "\r\n", "a=end-of-candidates\r\n");
    }

    @Test
    void J04_namesOfTheApplicationCannotBreakTheDescription() {
        for (String name : List.of("a b", "x\r\na=evil", "\u0000", "ünïcode", "")) {
            JsepPeer peer = new JsepPeer(11);
            peer.apply(new JsepInput.AddTrack(MediaKind.AUDIO, name, List.of("s")));
            String offer = peer.createOffer();
            assertThat(offer).doesNotContain("evil");
            assertThat(SdpMapper.read(offer, true)
                            .media()
                            .get(0)
                            .streams()
                            .get(0)
                            .track())
                    .hasSize(36);
        }
    }
}

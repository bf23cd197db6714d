package dev.yodel.webrtc.internal.jsep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsRole;
import dev.yodel.ice.IceRole;
import dev.yodel.sdp.Direction;
import dev.yodel.sdp.Sdp;
import dev.yodel.sdp.Setup;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SignalingState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every offer of a real peer is answered, and each of its sections as it should be. */
class CapturedOffersTest {
    static String load(String name) throws IOException {
        try (InputStream in = CapturedOffersTest.class.getResourceAsStream("/sdp/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aiortc-1.4.0-offer.sdp",
                "chromium-156-offer.sdp",
                "firefox-153esr-offer.sdp",
                "gstreamer-1.22-offer.sdp",
                "libdatachannel-0.24.5-offer.sdp",
                "pion-3.1.56-offer.sdp",
                "roamhq-wrtc-0.10.0-offer.sdp",
                "webrtc-java-0.14.0-offer.sdp",
                "werift-0.24.4-offer.sdp"
            })
    void answersEveryCapturedOffer(String file) throws Exception {
        String text = load(file);
        JsepPeer peer = new JsepPeer(7);
        peer.addTrack(MediaKind.AUDIO);
        String answer = peer.answer(text);
        SessionModel offer = SdpMapper.read(text, true);
        SessionModel model = SdpMapper.read(answer, false);
        Sdp.parse(answer);
        assertThat(model.media()).hasSameSizeAs(offer.media());
        for (int i = 0; i < offer.media().size(); i++) {
            MediaModel offered = offer.media().get(i);
            MediaModel answered = model.media().get(i);
            assertThat(answered.kind()).isEqualTo(offered.kind());
            assertThat(answered.mid()).isEqualTo(offered.mid());
            assertThat(answered.rejected()).as(offered.kind()).isFalse();
            if (offered.kind().equals("application")) {
                assertThat(answered.protocol()).isEqualTo(offered.protocol());
                assertThat(answered.formats()).isEqualTo(offered.formats());
                assertThat(answered.data()).isEqualTo(new DataModel(file.startsWith("aiortc"), 5000, 262_144, null));
                continue;
            }
            assertThat(model.bundle()).contains(Objects.requireNonNull(answered.mid()));
            assertThat(answered.codecs()).isNotEmpty();
            for (Codec codec : answered.codecs()) {
                assertThat(offered.codecs()).anyMatch(o -> o.payloadType() == codec.payloadType() && o.matches(codec));
            }
            assertThat(answered.transport().setup()).isEqualTo(Setup.ACTIVE);
            assertThat(answered.direction())
                    .isEqualTo(offered.kind().equals("audio") ? Direction.SENDRECV : Direction.RECVONLY);
            for (HeaderExtension extension : answered.extensions()) {
                // RFC 8285 5: one that is sent to us is answered as received.
                assertThat(offered.extensions())
                        .anyMatch(each -> each.id() == extension.id()
                                && each.uri().equals(extension.uri())
                                && each.direction().reversed() == extension.direction());
            }
        }
        assertThat(peer.state.signaling()).isEqualTo(SignalingState.STABLE);
        assertThat(peer.state.transports()).hasSize(1);
        for (TransportState transport : peer.state.transports()) {
            assertThat(transport.iceRole()).isEqualTo(IceRole.CONTROLLED);
            assertThat(transport.dtlsRole()).isEqualTo(DtlsRole.CLIENT);
            assertThat(transport.fingerprints()).isNotEmpty();
            assertThat(transport.remoteCandidates()).hasSameElementsAs(firstCandidates(offer));
        }
    }

    private static java.util.List<String> firstCandidates(SessionModel offer) {
        return offer.media().get(0).transport().candidates();
    }

    @Test
    void keepsTheOfferersPayloadTypes() throws Exception {
        JsepPeer peer = new JsepPeer(1);
        peer.addTrack(MediaKind.AUDIO);
        String answer = peer.answer(load("firefox-153esr-offer.sdp"));
        MediaModel audio = SdpMapper.read(answer, false).media().get(0);
        assertThat(audio.formats()).containsExactly("109", "9", "0", "8", "101");
        assertThat(answer).contains("a=rtpmap:109 opus/48000/2\r\n", "a=fmtp:109 minptime=10;useinbandfec=1\r\n");
        // A later offer of ours keeps them (RFC 9429 5.2.2).
        assertThat(peer.createOffer()).contains("a=rtpmap:109 opus/48000/2\r\n").doesNotContain("rtpmap:111");
    }

    @Test
    void announcesTheRemoteTrackWithItsStream() throws Exception {
        JsepPeer peer = new JsepPeer(1);
        peer.remote(SdpType.OFFER, load("chromium-156-offer.sdp"));
        assertThat(peer.events)
                .containsExactly(
                        new JsepEvent.TransceiverAdded(0),
                        new JsepEvent.TransceiverAdded(1),
                        new JsepEvent.SignalingChanged(SignalingState.HAVE_REMOTE_OFFER),
                        new JsepEvent.StreamTrackAdded("936c7eda-72bd-4e9c-a824-573268d910d9", 0),
                        new JsepEvent.StreamTrackAdded("936c7eda-72bd-4e9c-a824-573268d910d9", 1),
                        new JsepEvent.TrackAdded(0, java.util.List.of("936c7eda-72bd-4e9c-a824-573268d910d9")),
                        new JsepEvent.TrackAdded(1, java.util.List.of("936c7eda-72bd-4e9c-a824-573268d910d9")));
        TransceiverState audio = peer.state.transceivers().get(0);
        assertThat(audio.receiverTrackId()).isEqualTo("bab5d737-6ce3-4040-a0fe-4e61740915b8");
        assertThat(audio.direction()).isEqualTo(Direction.RECVONLY);
    }
}

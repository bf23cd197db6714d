package dev.yodel.interop.ice;

import static dev.yodel.interop.ice.IceChecks.RestartBy.PEER;
import static dev.yodel.interop.ice.IceChecks.RestartBy.US;

import com.google.gson.Gson;
import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import dev.yodel.interop.data.BrowserPeer;
import dev.yodel.webrtc.IceTcpCandidateType;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ICE with one Firefox, in both roles. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FirefoxIceTest {
    private final NetworkNamespace namespace = NetworkNamespace.create();
    private final Firefox page = Firefox.start(namespace, Map.of());

    @AfterAll
    void closeBrowser() {
        page.close();
        namespace.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void restartsByBothSides(boolean weOffer) throws Exception {
        try (BrowserPeer peer = new BrowserPeer(page, namespace.outerAddress())) {
            IceChecks.restarts(peer, weOffer, US, PEER, PEER, US);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tcpToOurOnePort(boolean weOffer) throws Exception {
        try (BrowserPeer peer = new BrowserPeer(page, namespace.outerAddress())) {
            IceChecks.tcp(peer, weOffer, IceTcpCandidateType.PASSIVE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ourLiteServerOnOnePort(boolean weOffer) throws Exception {
        try (BrowserPeer peer = new BrowserPeer(page, namespace.outerAddress())) {
            IceChecks.lite(peer, weOffer, weOffer);
        }
    }

    /**
     * It compares the user fragment of each section with the description before, also of one that was bundled since,
     * and refuses what it takes for an unasked or a partial restart.
     */
    @Test
    void exchangesAfterAnOfferOfSoundAndPicturesAreNoRestarts() throws Exception {
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection ours = factory.newPeerConnection()) {
            ours.addTransceiver(MediaKind.AUDIO);
            ours.addTransceiver(MediaKind.VIDEO);
            ours.createDataChannel("chat");
            page.evaluate("void (window.plain = new RTCPeerConnection())");
            weOffer(ours);
            SessionDescription theirs = SessionDescription.offer(
                    page.evaluate("plain.setLocalDescription().then(() => plain.localDescription.sdp)")
                            .getAsString());
            ours.setRemoteDescription(theirs).get(20, TimeUnit.SECONDS);
            String answer = ours.setLocalDescription().get(20, TimeUnit.SECONDS).sdp();
            page.evaluate("plain.setRemoteDescription({type: 'answer', sdp: " + new Gson().toJson(answer) + "})");
            ours.addTransceiver(MediaKind.AUDIO);
            weOffer(ours);
            page.evaluate("void plain.close()");
        }
    }

    private void weOffer(PeerConnection ours) throws Exception {
        String offer = ours.setLocalDescription().get(20, TimeUnit.SECONDS).sdp();
        String answer = page.evaluate("plain.setRemoteDescription({type: 'offer', sdp: " + new Gson().toJson(offer)
                        + "}).then(() => plain.setLocalDescription()).then(() => plain.localDescription.sdp)")
                .getAsString();
        ours.setRemoteDescription(SessionDescription.answer(answer)).get(20, TimeUnit.SECONDS);
    }
}

package dev.yodel.interop.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Polling;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SctpTransport;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.Settings;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data channels with Chromium, in both roles. */
final class ChromiumDataTest {
    private static final String TONE =
            """
            (async () => {
              const context = new AudioContext();
              const tone = context.createOscillator();
              const into = context.createMediaStreamDestination();
              tone.connect(into);
              tone.start();
              await context.resume();
              window.pc.addTrack(into.stream.getAudioTracks()[0], into.stream);
            })()""";

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everythingThatDataChannelsCan(boolean weOffer) throws Exception {
        try (Chromium page = Chromium.start();
                BrowserPeer peer = new BrowserPeer(page, "localhost")) {
            DataChecks.run(peer, weOffer);
        }
    }

    /** SNAP stands behind a flag there; draft-hancke-tsvwg-snap-00. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theAssociationIsOpenedBySignaling(boolean weOffer) throws Exception {
        try (Chromium page = Chromium.start("--force-fieldtrials=WebRTC-Sctp-Snap/Enabled/");
                BrowserPeer peer = new BrowserPeer(page, "localhost");
                PeerConnectionFactory factory = PeerConnectionFactory.builder()
                        .settings(Settings.builder().offerSctpInit().build())
                        .build();
                DataEnd end = DataEnd.connect(factory, peer, weOffer)) {
            for (SessionDescription description :
                    List.of(nonNull(end.connection.localDescription()), nonNull(end.connection.remoteDescription()))) {
                assertThat(description.sdp()).contains("a=sctp-init:AQAA");
            }
            for (DataEnd.Line line : List.of(end.open("echo ours"), end.openByPeer("echo theirs", "{}"))) {
                byte[] data = new byte[200_000];
                new Random(1).nextBytes(data);
                line.channel.send(data);
                assertThat(line.next().bytes()).isEqualTo(data);
            }
        }
    }

    private static SessionDescription nonNull(@Nullable SessionDescription description) {
        return Objects.requireNonNull(description);
    }

    @Test
    void aChannelMadeInMidCallSharesTheTransportOfTheAudio() throws Exception {
        try (Chromium page = Chromium.start();
                BrowserPeer peer = new BrowserPeer(page, "localhost");
                PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection pc = factory.newPeerConnection()) {
            AtomicInteger packets = new AtomicInteger();
            pc.onTrack(event -> event.track().onRtp(packet -> packets.incrementAndGet()));
            page.evaluate(TONE);
            pc.setRemoteDescription(peer.describe()).get(10, TimeUnit.SECONDS);
            pc.setLocalDescription();
            peer.accept(pc.gatheringComplete().get(30, TimeUnit.SECONDS));
            pc.connected().get(30, TimeUnit.SECONDS);
            Polling.until("audio", 20, () -> packets.get() > 50 ? true : null);
            assertThat(pc.sctp()).isNull();

            DataEnd.Line line = new DataEnd.Line(pc.createDataChannel("echo mid-call"));
            pc.setRemoteDescription(peer.answer(pc.setLocalDescription().get(10, TimeUnit.SECONDS)))
                    .get(10, TimeUnit.SECONDS);
            line.awaitOpen();
            line.channel.send("in mid-call");
            assertThat(line.next().text()).isEqualTo("in mid-call");
            SctpTransport sctp = pc.sctp();
            assertThat(sctp).isNotNull();
            assertThat(sctp.transport()).isSameAs(pc.getReceivers().get(0).transport());
            assertThat(pc.getTransceivers()).hasSize(1);
            assertThat(pc.getTransceivers().get(0).receiver().track().kind()).isEqualTo(MediaKind.AUDIO);
            int before = packets.get();
            Polling.until("more audio", 20, () -> packets.get() > before + 50 ? true : null);
        }
    }
}

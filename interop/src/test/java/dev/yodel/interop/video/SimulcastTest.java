package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonPrimitive;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Polling;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtpForwarder;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.Settings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * An SFU in a test: Chromium sends three simulcast layers to us, and a forwarder sends one of them back to it at a
 * time, changing on demand; the browser sees the size of its picture change and nothing freeze.
 */
class SimulcastTest {
    private static final String PUBLISHER =
            """
            void (window.publisher = {
              async offer() {
                const canvas = document.createElement('canvas');
                canvas.width = 960;
                canvas.height = 540;
                const paint = canvas.getContext('2d');
                let tick = 0;
                setInterval(() => {
                  tick++;
                  paint.fillStyle = `hsl(${tick * 7 % 360}, 80%, 50%)`;
                  paint.fillRect(0, 0, 960, 540);
                  paint.fillStyle = 'white';
                  paint.fillRect(tick * 15 % 900, tick * 9 % 500, 60, 60);
                }, 66);
                const stream = canvas.captureStream(15);
                const pc = this.pc = new RTCPeerConnection();
                const transceiver = pc.addTransceiver(stream.getVideoTracks()[0], {
                  direction: 'sendonly',
                  streams: [stream],
                  sendEncodings: [
                    { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 80000 },
                    { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 160000 },
                    { rid: 'f', maxBitrate: 400000 },
                  ],
                });
                const codecs = RTCRtpSender.getCapabilities('video').codecs;
                transceiver.setCodecPreferences(codecs.filter((c) => /VP8|rtx/.test(c.mimeType)));
                await pc.setLocalDescription();
                await new Promise((done) => {
                  if (pc.iceGatheringState === 'complete') { done(); }
                  pc.onicegatheringstatechange = () => { if (pc.iceGatheringState === 'complete') { done(); } };
                });
                return pc.localDescription.sdp;
              },
              async answer(sdp) { await this.pc.setRemoteDescription({type: 'answer', sdp}); },
            })""";

    private final Set<Long> sources = ConcurrentHashMap.newKeySet();

    @Test
    void threeLayersAreReceivedAndForwardedOneAtATime() throws Exception {
        Settings settings = Settings.builder().receiveSimulcast().build();
        List<RtpForwarder> forwarders = new CopyOnWriteArrayList<>();
        try (Chromium page = Chromium.start();
                PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().settings(settings).build();
                PeerConnection publisher = factory.newPeerConnection();
                PeerConnection subscriber = factory.newPeerConnection()) {
            publisher.onTrack(event -> {
                event.track().onRtp(packet -> sources.add(packet.ssrc()));
                RtpForwarder forwarder = RtpForwarder.of(event.track());
                forwarder.select("f");
                subscriber.addTrack(forwarder.track());
                forwarders.add(forwarder);
            });
            page.evaluate(PUBLISHER);
            String offer = page.evaluate("window.publisher.offer()").getAsString();
            SessionDescription answer = publisher
                    .setRemoteDescription(SessionDescription.offer(offer))
                    .thenCompose(done -> publisher.setLocalDescription())
                    .thenCompose(done -> publisher.gatheringComplete())
                    .get(20, TimeUnit.SECONDS);
            assertThat(answer.sdp()).contains("a=simulcast:recv q;h;f");
            page.evaluate("window.publisher.answer(" + new JsonPrimitive(answer.sdp()) + ")");
            publisher.connected().get(20, TimeUnit.SECONDS);
            VideoPage video = new VideoPage(page);
            video.call(subscriber, "VP8", false);
            subscriber.connected().get(20, TimeUnit.SECONDS);
            RtpForwarder forwarder = forwarders.get(0);
            for (Map.Entry<String, Integer> layer :
                    List.of(Map.entry("f", 960), Map.entry("q", 240), Map.entry("h", 480), Map.entry("f", 960))) {
                forwarder.select(layer.getKey());
                Polling.until(
                        "layer " + layer.getKey() + ", now " + forwarder + ", sources " + sources,
                        60,
                        () -> video.width() == layer.getValue() ? true : null);
                assertThat(forwarder.currentRid()).isEqualTo(layer.getKey());
            }
            assertThat(sources).hasSize(3);
            assertThat(forwarder.switches()).isGreaterThanOrEqualTo(4);
            assertThat(video.frozenSeconds()).isLessThan(3);
            forwarder.close();
        }
    }
}

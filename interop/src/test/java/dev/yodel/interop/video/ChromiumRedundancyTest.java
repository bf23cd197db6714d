package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonPrimitive;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Polling;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.StatsReport;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Redundant audio (RFC 2198) with Chromium, both ways; it takes our repetitions apart, and we its. */
class ChromiumRedundancyTest {
    private static final String SCRIPT =
            """
            void (window.talk = {
              async offer() {
                const context = new AudioContext();
                const tone = new OscillatorNode(context, { frequency: 700 });
                const out = new MediaStreamAudioDestinationNode(context);
                tone.connect(out);
                tone.start();
                const pc = this.pc = new RTCPeerConnection();
                const transceiver = pc.addTransceiver(out.stream.getAudioTracks()[0], { streams: [out.stream] });
                const codecs = RTCRtpReceiver.getCapabilities('audio').codecs;
                const red = codecs.filter((c) => c.mimeType === 'audio/red');
                transceiver.setCodecPreferences([...red, ...codecs.filter((c) => c.mimeType === 'audio/opus')]);
                pc.ontrack = ({ track }) => {
                  const audio = this.audio = new Audio();
                  audio.srcObject = new MediaStream([track]);
                  audio.play();
                };
                await pc.setLocalDescription();
                await new Promise((done) => {
                  if (pc.iceGatheringState === 'complete') { done(); }
                  pc.onicegatheringstatechange = () => { if (pc.iceGatheringState === 'complete') { done(); } };
                });
                return pc.localDescription.sdp;
              },
              async answer(sdp) { await this.pc.setRemoteDescription({type: 'answer', sdp}); },
              // What was repeated and not needed is discarded; the sound is heard.
              async redundant() {
                let count = 0;
                (await this.pc.getStats()).forEach((entry) => {
                  if (entry.type === 'inbound-rtp' && entry.totalAudioEnergy > 0) { count = entry.packetsDiscarded; }
                });
                return count;
              },
            })""";

    @Test
    void bothWays() throws Exception {
        List<EncodedFrame> heard = new CopyOnWriteArrayList<>();
        try (Chromium page = Chromium.start("--autoplay-policy=no-user-gesture-required");
                PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection pc = factory.newPeerConnection()) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            pc.addTrack(voice);
            pc.onTrack(event -> event.track().onFrame(frame -> {
                heard.add(frame);
                voice.write(EncodedFrame.ofDuration(frame.data(), 20_000_000));
            }));
            page.evaluate(SCRIPT);
            String offer = page.evaluate("window.talk.offer()").getAsString();
            SessionDescription answer = pc.setRemoteDescription(SessionDescription.offer(offer))
                    .thenCompose(done -> pc.setLocalDescription())
                    .thenCompose(done -> pc.gatheringComplete())
                    .get(20, TimeUnit.SECONDS);
            assertThat(answer.sdp()).contains("red/48000/2");
            page.evaluate("window.talk.answer(" + new JsonPrimitive(answer.sdp()) + ")");
            pc.connected().get(20, TimeUnit.SECONDS);
            Polling.until(
                    "redundant packets, " + page.console(),
                    40,
                    () -> page.evaluate("window.talk.redundant()").getAsInt() > 50 ? true : null);
            assertThat(heard.size()).isGreaterThan(50);
            StatsReport stats = pc.getStats().get(10, TimeUnit.SECONDS);
            String codec = stats.ofType("inbound-rtp").get(0).text("codecId");
            assertThat(stats.ofType("codec"))
                    .anyMatch(entry -> entry.id().equals(codec) && "audio/red".equals(entry.text("mimeType")));
        }
    }
}

package dev.yodel.interop.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonPrimitive;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Polling;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.EncodedMediaFrame;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtpScriptTransform;
import dev.yodel.webrtc.SessionDescription;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Chromium's RTCRtpScriptTransform and ours, both ways: each undoes what the other does to the frames of a tone. */
class ChromiumTransformTest {
    private static final int MASK = 0x5a;

    private static final String SCRIPT =
            """
            void (window.talk = {
              async offer() {
                const code = `onrtctransform = ({transformer}) => {
                  transformer.readable.pipeThrough(new TransformStream({
                    transform(frame, controller) {
                      const bytes = new Uint8Array(frame.data);
                      for (let i = 1; i < bytes.length; i++) { bytes[i] ^= 0x5a; }
                      controller.enqueue(frame);
                    },
                  })).pipeTo(transformer.writable);
                };`;
                const worker = new Worker(URL.createObjectURL(new Blob([code])));
                const context = new AudioContext();
                const tone = new OscillatorNode(context, { frequency: 700 });
                const out = new MediaStreamAudioDestinationNode(context);
                tone.connect(out);
                tone.start();
                const pc = this.pc = new RTCPeerConnection();
                const transceiver = pc.addTransceiver(out.stream.getAudioTracks()[0], { streams: [out.stream] });
                const codecs = RTCRtpReceiver.getCapabilities('audio').codecs;
                transceiver.setCodecPreferences(codecs.filter((c) => c.mimeType === 'audio/opus'));
                transceiver.sender.transform = new RTCRtpScriptTransform(worker, {});
                transceiver.receiver.transform = new RTCRtpScriptTransform(worker, {});
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
              // The tone that it hears as it was sent, in seconds.
              async heard() {
                let seconds = 0;
                (await this.pc.getStats()).forEach((entry) => {
                  if (entry.type === 'inbound-rtp' && entry.audioLevel > 0.1) { seconds = entry.totalSamplesDuration; }
                });
                return seconds;
              },
            })""";

    private static void turn(EncodedMediaFrame frame) {
        byte[] data = frame.data();
        for (int i = 1; i < data.length; i++) {
            data[i] ^= MASK;
        }
    }

    private static RtpScriptTransform transform() {
        return RtpScriptTransform.of((frame, transformer) -> {
            turn(frame);
            transformer.write(frame);
        });
    }

    @Test
    void framesAreTransformedBothWays() throws Exception {
        List<EncodedFrame> heard = new CopyOnWriteArrayList<>();
        Map<Integer, byte[]> onTheWire = new ConcurrentHashMap<>();
        try (Chromium page = Chromium.start("--autoplay-policy=no-user-gesture-required");
                PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection pc = factory.newPeerConnection()) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            RtpScriptTransform sending = transform();
            pc.addTrack(voice).transform(sending);
            RtpScriptTransform receiving = transform();
            pc.onTrack(event -> {
                event.receiver().transform(receiving);
                event.track().onRtp(packet -> {
                    byte[] payload =
                            Arrays.copyOfRange(packet.packet(), packet.payloadOffset(), packet.packet().length);
                    onTheWire.put(Arrays.hashCode(payload), payload);
                });
                event.track().onFrame(frame -> {
                    heard.add(frame);
                    voice.write(EncodedFrame.ofDuration(frame.data(), 20_000_000));
                });
            });
            page.evaluate(SCRIPT);
            String offer = page.evaluate("window.talk.offer()").getAsString();
            SessionDescription answer = pc.setRemoteDescription(SessionDescription.offer(offer))
                    .thenCompose(done -> pc.setLocalDescription())
                    .thenCompose(done -> pc.gatheringComplete())
                    .get(20, TimeUnit.SECONDS);
            page.evaluate("window.talk.answer(" + new JsonPrimitive(answer.sdp()) + ")");
            pc.connected().get(20, TimeUnit.SECONDS);
            // It hears its own tone: what was turned four times. Its seconds count what it invents, too, while nothing
            // comes.
            Polling.until("the tone, " + page.console(), 40, () -> {
                boolean enough = receiving.framesWritten() > 25 && sending.framesWritten() > 25;
                boolean heardEnough =
                        enough && page.evaluate("window.talk.heard()").getAsDouble() > 1;
                return heardEnough ? true : null;
            });
            assertThat(receiving.errors() + sending.errors()).isZero();
            byte[] last = heard.get(heard.size() - 1).data().clone();
            for (int i = 1; i < last.length; i++) {
                last[i] ^= MASK;
            }
            assertThat(onTheWire.get(Arrays.hashCode(last))).isEqualTo(last);
        }
    }
}

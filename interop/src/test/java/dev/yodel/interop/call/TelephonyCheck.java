package dev.yodel.interop.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonPrimitive;
import dev.yodel.interop.browser.BrowserPage;
import dev.yodel.interop.browser.Polling;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.webrtc.AudioTrack;
import dev.yodel.webrtc.DtmfSender;
import dev.yodel.webrtc.MediaStreamTrackState;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What telephones speak, with a browser's page, both ways: G.711, G.722 and Opus, and keys as events of RFC 4733. */
final class TelephonyCheck implements AutoCloseable {
    private static final int RATE = 16_000;
    private static final int OUR_HZ = 1_000;

    private static final String SCRIPT =
            """
            void (window.phone = {
              async offer(codec, hz, device) {
                const pc = this.pc = new RTCPeerConnection();
                let stream;
                if (device) {
                  stream = await navigator.mediaDevices.getUserMedia({ audio: true });
                } else {
                  const context = this.context = this.context ?? new AudioContext();
                  const tone = new OscillatorNode(context, { frequency: hz });
                  const out = new MediaStreamAudioDestinationNode(context);
                  tone.connect(out);
                  tone.start();
                  stream = out.stream;
                }
                const transceiver = pc.addTransceiver(stream.getAudioTracks()[0], { streams: [stream] });
                const codecs = RTCRtpReceiver.getCapabilities('audio').codecs;
                transceiver.setCodecPreferences([...codecs.filter((c) => c.mimeType === 'audio/' + codec),
                  ...codecs.filter((c) => c.mimeType === 'audio/telephone-event')]);
                pc.ontrack = ({ track }) => {
                  const stream = new MediaStream([track]);
                  const audio = this.audio = new Audio();
                  audio.srcObject = stream;
                  audio.play();
                  if (!device) {
                    const analyser = this.analyser = new AnalyserNode(this.context,
                      { fftSize: 8192, smoothingTimeConstant: 0 });
                    new MediaStreamAudioSourceNode(this.context, { mediaStream: stream }).connect(analyser);
                  }
                };
                await pc.setLocalDescription();
                await new Promise((done) => {
                  if (pc.iceGatheringState === 'complete') { done(); }
                  pc.onicegatheringstatechange = () => { if (pc.iceGatheringState === 'complete') { done(); } };
                });
                return pc.localDescription.sdp;
              },
              async answer(sdp) { await this.pc.setRemoteDescription({type: 'answer', sdp}); },
              press(keys) { this.pc.getSenders()[0].dtmf.insertDTMF(keys, 100, 70); },
              // How loud it hears a frequency, in dB below full.
              level(hz) {
                const spectrum = new Float32Array(this.analyser.frequencyBinCount);
                this.analyser.getFloatFrequencyData(spectrum);
                const at = Math.round((hz * 8192) / this.context.sampleRate);
                return Math.max(...spectrum.slice(at - 2, at + 3));
              },
              // What it hears, in which format.
              async heard() {
                let entry;
                const report = await this.pc.getStats();
                report.forEach((each) => { if (each.type === 'inbound-rtp') { entry = each; } });
                const codec = entry && report.get(entry.codecId);
                return codec && entry.totalAudioEnergy > 0.01 ? codec.mimeType : '';
              },
              hangUp() { this.pc.close(); },
            })""";

    private final BrowserPage page;
    private final boolean device;
    private final int theirHz;
    private final PeerConnectionFactory factory = PeerConnectionFactory.create();
    private final ScheduledExecutorService speaking = Executors.newSingleThreadScheduledExecutor();

    /** A page that speaks with WebAudio at a frequency, or with its pretended microphone. */
    TelephonyCheck(BrowserPage page, boolean device, int theirHz) {
        this.page = page;
        this.device = device;
        this.theirHz = theirHz;
        page.evaluate(SCRIPT);
    }

    /** One call with one codec: both hear each other, and the keys of both arrive. */
    void call(String codec, boolean keys) throws Exception {
        List<String> pressed = new CopyOnWriteArrayList<>();
        Set<Integer> types = new ConcurrentSkipListSet<>();
        List<PcmFrame> heard = new CopyOnWriteArrayList<>();
        try (PeerConnection pc = factory.newPeerConnection()) {
            AudioTrack voice = AudioTrack.opus("voice");
            DtmfSender dtmf = Objects.requireNonNull(pc.addTrack(voice).dtmf());
            pc.onTrack(event -> {
                event.track().onRtp(packet -> types.add(packet.payloadType()));
                event.track().onTone(pressed::add);
                event.track().onPcm(heard::add);
            });
            String offer = page.evaluate("window.phone.offer('" + codec + "', " + theirHz + ", " + device + ")")
                    .getAsString();
            SessionDescription answer = pc.setRemoteDescription(SessionDescription.offer(offer))
                    .thenCompose(done -> pc.setLocalDescription())
                    .thenCompose(done -> pc.gatheringComplete())
                    .get(20, TimeUnit.SECONDS);
            page.evaluate("window.phone.answer(" + new JsonPrimitive(answer.sdp()) + ")");
            pc.connected().get(20, TimeUnit.SECONDS);
            speak(voice);
            awaitTrue(
                    codec + " is heard by the page",
                    "window.phone.heard().then(type => type === 'audio/" + codec + "')");
            Polling.until(
                    theirHz + " Hz by " + codec + ", heard " + hz(heard) + ", " + page.console(),
                    20,
                    () -> Math.abs(hz(heard) - theirHz) < 20 ? true : null);
            if (!device) {
                awaitTrue("our tone", "window.phone.level(" + OUR_HZ + ") > -40");
            }
            if (keys) {
                page.evaluate("void window.phone.press('4#')");
                Polling.until(
                        codec + "'s keys, so far " + pressed + " among types " + types + ", " + page.console(),
                        20,
                        () -> pressed.equals(List.of("4", "#")) ? true : null);
                dtmf.insertDTMF("5", 1_500, 70);
                if (!device) {
                    // ITU-T Q.23: the fifth key is these two; the tone that we speak meanwhile is not sent.
                    awaitTrue("our key", "window.phone.level(770) > -40 && window.phone.level(1336) > -40");
                }
                Polling.until("the key's end", 20, () -> dtmf.toneBuffer().isEmpty() ? true : null);
            }
            page.evaluate("window.phone.hangUp()");
            voice.stop();
            assertThat(voice.readyState()).isEqualTo(MediaStreamTrackState.ENDED);
        }
    }

    private void speak(AudioTrack voice) {
        long[] at = {0};
        speaking.scheduleAtFixedRate(
                () -> {
                    if (voice.readyState() == MediaStreamTrackState.ENDED) {
                        throw new IllegalStateException("hung up");
                    }
                    short[] samples = new short[RATE / 50];
                    for (int i = 0; i < samples.length; i++) {
                        samples[i] = (short) (8_000 * Math.sin(2 * Math.PI * OUR_HZ * at[0]++ / RATE));
                    }
                    voice.write(new PcmFrame(samples, RATE, 1));
                },
                0,
                20,
                TimeUnit.MILLISECONDS);
    }

    /** The frequency of the last half second, by its zero crossings: 0 as long as there is less. */
    private static double hz(List<PcmFrame> heard) {
        List<PcmFrame> frames = List.copyOf(heard);
        int from = frames.size() - 50;
        if (from < 0) {
            return 0;
        }
        int rises = 0;
        int first = -1;
        int last = 0;
        int at = 0;
        short before = 0;
        int rate = 1;
        for (PcmFrame frame : frames.subList(from, from + 50)) {
            rate = frame.sampleRateHz();
            for (int i = 0; i < frame.samples().length; i += frame.channels()) {
                short sample = frame.samples()[i];
                if (before < 0 && sample >= 0) {
                    first = first < 0 ? at : first;
                    last = at;
                    rises++;
                }
                before = sample;
                at++;
            }
        }
        return rises < 2 ? 0 : (rises - 1) * (double) rate / (last - first);
    }

    private void awaitTrue(String what, String expression) {
        try {
            Polling.until(what, 20, () -> page.evaluate(expression).getAsBoolean() ? true : null);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; " + page.console(), e);
        }
    }

    @Override
    public void close() {
        speaking.shutdownNow();
        factory.close();
    }
}

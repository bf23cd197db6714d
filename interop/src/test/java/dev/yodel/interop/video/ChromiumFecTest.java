package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Polling;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.Settings;
import dev.yodel.webrtc.Stats;
import dev.yodel.webrtc.VideoFec;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Forward error correction with Chromium over a path that loses one packet in ten: it rebuilds what we protect, and
 * we what it protects (RFC 5109, FlexFEC-03).
 */
class ChromiumFecTest {
    private static final String SCRIPT =
            """
            void (window.fec = {
              async offer() {
                const pc = this.pc = new RTCPeerConnection();
                const canvas = document.createElement('canvas');
                canvas.width = 640;
                canvas.height = 480;
                const paint = canvas.getContext('2d');
                let tick = 0;
                setInterval(() => {
                  tick++;
                  for (let i = 0; i < 40; i++) {
                    paint.fillStyle = `hsl(${(tick * 7 + i * 50) % 360}, 80%, 50%)`;
                    paint.fillRect((tick * 5 + i * 97) % 640, (tick * 3 + i * 61) % 480, 60, 60);
                  }
                }, 33);
                const stream = canvas.captureStream(30);
                const transceiver = pc.addTransceiver(stream.getVideoTracks()[0], {streams: [stream]});
                const all = RTCRtpReceiver.getCapabilities('video').codecs;
                const pick = (...names) => all.filter((c) => names.includes(c.mimeType.toLowerCase()));
                transceiver.setCodecPreferences(
                    pick('video/vp8', 'video/rtx', 'video/red', 'video/ulpfec', 'video/flexfec-03'));
                await pc.setLocalDescription();
                await new Promise((done) => {
                  if (pc.iceGatheringState === 'complete') { done(); }
                  pc.onicegatheringstatechange = () => { if (pc.iceGatheringState === 'complete') { done(); } };
                });
                return pc.localDescription.sdp;
              },
              async answer(sdp) { await this.pc.setRemoteDescription({type: 'answer', sdp}); },
              async figures() {
                const result = {};
                (await this.pc.getStats()).forEach((entry) => {
                  if (entry.type === 'inbound-rtp' && entry.kind === 'video') { Object.assign(result, entry); }
                });
                return result;
              },
            })""";

    @Test
    void ulpfecBothWays() throws Exception {
        both(VideoFec.ULPFEC, "red/90000");
    }

    @Tag("long")
    @Test
    void flexfecBothWays() throws Exception {
        both(
                VideoFec.FLEXFEC,
                "flexfec-03/90000",
                "--force-fieldtrials=WebRTC-FlexFEC-03-Advertised/Enabled/WebRTC-FlexFEC-03/Enabled/");
    }

    private static void both(VideoFec form, String format, String... flags) throws Exception {
        Settings settings = Settings.builder().videoFec(form).build();
        AtomicInteger frames = new AtomicInteger();
        try (Chromium page = Chromium.start(flags);
                PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().settings(settings).build();
                PeerConnection pc = factory.newPeerConnection()) {
            EncodedTrack back = EncodedTrack.vp8("back");
            pc.addTrack(back);
            pc.onTrack(event -> {
                event.track().onFrame(frame -> {
                    frames.incrementAndGet();
                    back.write(EncodedFrame.ofTimestamp(frame.data(), frame.rtpTimestamp())
                            .withKeyFrame(frame.keyFrame()));
                });
                back.onKeyFrameRequest(event.track()::requestKeyFrame);
            });
            page.evaluate(SCRIPT);
            String offer = page.evaluate("window.fec.offer()").getAsString();
            assertThat(offer).contains(format);
            try (LossyRelay relay = LossyRelay.between(page, offer, 0.1)) {
                SessionDescription answer = pc.setRemoteDescription(SessionDescription.offer(relay.rewritten(offer)))
                        .thenCompose(done -> pc.setLocalDescription())
                        .thenCompose(done -> pc.gatheringComplete())
                        .get(20, TimeUnit.SECONDS);
                assertThat(answer.sdp()).contains(format);
                page.evaluate("window.fec.answer(" + new JsonPrimitive(LossyRelay.bare(answer.sdp())) + ")");
                pc.connected().get(20, TimeUnit.SECONDS);
                Polling.until("packets rebuilt on both sides, " + page.console(), 40, () -> {
                    JsonObject theirs = page.evaluate("window.fec.figures()").getAsJsonObject();
                    Stats ours = inbound(pc);
                    boolean done = ours != null
                            && number(ours.number("yodelRebuiltPackets")) > 5
                            && number(ours.number("fecPacketsReceived")) > 20
                            // It counts those of FlexFEC alone.
                            && (form == VideoFec.ULPFEC || number(theirs.get("fecPacketsReceived")) > 20)
                            && number(theirs.get("framesDecoded")) > 60;
                    return done ? true : null;
                });
                Stats ours = java.util.Objects.requireNonNull(inbound(pc));
                System.out.printf(
                        "%s with Chromium at 10 %% loss: we got %s parity packets, %s useless, and rebuilt %s of %s; it: %s%n",
                        form,
                        ours.number("fecPacketsReceived"),
                        ours.number("fecPacketsDiscarded"),
                        ours.number("yodelRebuiltPackets"),
                        ours.number("packetsLost"),
                        page.evaluate("window.fec.figures()"));
                assertThat(frames.get()).isGreaterThan(60);
            }
        }
    }

    private static @org.jspecify.annotations.Nullable Stats inbound(PeerConnection pc) {
        return pc.getStats().join().ofType("inbound-rtp").stream().findFirst().orElse(null);
    }

    private static long number(@org.jspecify.annotations.Nullable Object value) {
        if (value instanceof Number number) {
            return number.longValue();
        }
        return value instanceof JsonElement element ? element.getAsLong() : 0;
    }
}

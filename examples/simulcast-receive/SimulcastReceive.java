import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtpForwarder;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A page sends its picture in three sizes at once; one at a time is sent back, another one every second. */
public final class SimulcastReceive {
    private static final List<String> LAYERS = List.of("q", "h", "f");
    private static final String PAGE =
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Simulcast</title>
            <meta name="viewport" content="width=device-width">
            <style>button, input { min-height: 44px } video { max-width: 100% }</style>
            <p>Which layer comes back, its width says: <output id="width">none</output></p>
            <video id="video" autoplay muted playsinline></video>
            <script>
              (async () => {
                const canvas = Object.assign(document.createElement("canvas"), { width: 960, height: 540 });
                const paint = canvas.getContext("2d");
                setInterval(() => {
                  paint.fillStyle = `hsl(${performance.now() / 10}, 70%, 50%)`;
                  paint.fillRect(0, 0, 960, 540);
                }, 66);
                const pc = (window.pc = new RTCPeerConnection());
                const transceiver = pc.addTransceiver(canvas.captureStream(15).getVideoTracks()[0], {
                  sendEncodings: [
                    { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 80000 },
                    { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 160000 },
                    { rid: "f", maxBitrate: 400000 },
                  ],
                });
                const codecs = RTCRtpSender.getCapabilities("video").codecs;
                transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => /VP8|rtx/.test(mimeType)));
                const video = document.getElementById("video");
                pc.ontrack = ({ track }) => { video.srcObject = new MediaStream([track]); };
                video.onresize = () => { document.getElementById("width").textContent = video.videoWidth; };
                await pc.setLocalDescription();
                while (pc.iceGatheringState !== "complete") {
                  await new Promise((done) => pc.addEventListener("icegatheringstatechange", done, { once: true }));
                }
                const answer = await fetch("offer", { method: "POST", body: pc.localDescription.sdp });
                await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
              })();
            </script></html>
            """;

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Settings settings = Settings.builder().receiveSimulcast().build();
        HttpServer http = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        http.setExecutor(Executors.newCachedThreadPool());
        try (PeerConnectionFactory factory =
                PeerConnectionFactory.builder().settings(settings).build()) {
            http.createContext("/", exchange -> reply(exchange, "text/html", PAGE));
            http.createContext("/offer", exchange -> {
                String offer = new String(exchange.getRequestBody().readNBytes(100_000), UTF_8);
                reply(exchange, "application/sdp", answer(factory.newPeerConnection(), offer));
            });
            http.start();
            System.out.println("open http://localhost:" + http.getAddress().getPort() + "/");
            Thread.currentThread().join();
        } finally {
            http.stop(0);
        }
    }

    private static String answer(PeerConnection pc, String offer) {
        pc.onTrack(event -> {
            RtpForwarder forwarder = RtpForwarder.of(event.track());
            pc.addTrack(forwarder.track());
            next(forwarder, 0);
        });
        return pc.setRemoteDescription(SessionDescription.offer(offer))
                .thenCompose(done -> pc.setLocalDescription())
                .thenCompose(done -> pc.gatheringComplete())
                .join()
                .sdp();
    }

    /** Asks for a layer, and for the next one a second after it came. */
    private static void next(RtpForwarder forwarder, int index) {
        String wanted = LAYERS.get(index % LAYERS.size());
        forwarder.select(wanted);
        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(() -> {
            boolean here = Objects.equals(forwarder.currentRid(), wanted);
            if (here) {
                System.out.println("layer " + wanted);
            }
            next(forwarder, here ? index + 1 : index);
        });
    }

    private static void reply(HttpExchange exchange, String type, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}

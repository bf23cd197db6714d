import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.WebmRecorder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Records what a page sends, camera and microphone or a pattern, into a WebM file. */
public final class RecordBrowser {
    private static final int SECONDS = 2;
    private static final String PAGE =
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Record a browser</title>
            <meta name="viewport" content="width=device-width">
            <style>button, input { min-height: 44px } video { max-width: 100% }</style>
            <button id="camera">Record camera and microphone</button> <button id="pattern">Record a pattern</button>
            <p id="state" role="status">not connected</p>
            <script>
              async function call(stream) {
                const pc = (window.pc = new RTCPeerConnection());
                stream.getTracks().forEach((track) => pc.addTrack(track, stream));
                pc.onconnectionstatechange = () => { document.getElementById("state").textContent = pc.connectionState; };
                await pc.setLocalDescription();
                while (pc.iceGatheringState !== "complete") {
                  await new Promise((done) => pc.addEventListener("icegatheringstatechange", done, { once: true }));
                }
                const answer = await fetch("offer", { method: "POST", body: pc.localDescription.sdp });
                await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
              }
              document.getElementById("camera").onclick = async () =>
                call(await navigator.mediaDevices.getUserMedia({ audio: true, video: true }));
              document.getElementById("pattern").onclick = () => {
                const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
                const paint = canvas.getContext("2d");
                setInterval(() => {
                  paint.fillStyle = `hsl(${performance.now() / 10}, 70%, 50%)`;
                  paint.fillRect(0, 0, 320, 240);
                }, 40);
                return call(canvas.captureStream(25));
              };
            </script></html>
            """;

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path file = Path.of(arguments[0]);
        HttpServer http = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        http.setExecutor(Executors.newCachedThreadPool());
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            http.createContext("/", exchange -> reply(exchange, "text/html", PAGE));
            http.createContext("/offer", exchange -> {
                String offer = new String(exchange.getRequestBody().readNBytes(100_000), UTF_8);
                reply(exchange, "application/sdp", answer(factory, offer, file));
            });
            http.start();
            System.out.println("open http://localhost:" + http.getAddress().getPort() + "/");
            Thread.currentThread().join();
        } finally {
            http.stop(0);
        }
    }

    private static String answer(PeerConnectionFactory factory, String offer, Path file) {
        PeerConnection pc = factory.newPeerConnection();
        WebmRecorder recorder = WebmRecorder.to(file);
        pc.onTrack(event -> recorder.add(event.track()));
        pc.connected().thenRun(() -> {
            System.out.println("recording for " + SECONDS + " s");
            CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS).execute(() -> end(pc, recorder));
        });
        return pc.setRemoteDescription(SessionDescription.offer(offer))
                .thenCompose(done -> pc.setLocalDescription())
                .thenCompose(done -> pc.gatheringComplete())
                .join()
                .sdp();
    }

    private static void end(PeerConnection pc, WebmRecorder recorder) {
        try {
            recorder.close();
            System.out.println("recorded " + recorder.frames() + " frames");
        } catch (IOException e) {
            System.out.println("the file was not written: " + e.getMessage());
        }
        pc.close();
    }

    private static void reply(HttpExchange exchange, String type, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}

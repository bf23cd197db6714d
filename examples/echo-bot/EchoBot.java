import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** Whoever calls by the page hears themselves: the received track is the sent track, so no codec is needed. */
public final class EchoBot {
    private static final String PAGE =
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Echo bot</title>
            <meta name="viewport" content="width=device-width">
            <style>button, input { min-height: 44px } video { max-width: 100% }</style>
            <button id="microphone">Call with the microphone</button> <button id="tone">Call with a tone</button>
            <p id="state" role="status">not connected</p><audio id="echo" autoplay controls></audio>
            <script>
              async function call(stream) {
                const pc = (window.pc = new RTCPeerConnection());
                stream.getTracks().forEach((track) => pc.addTrack(track, stream));
                pc.ontrack = ({ track }) => { document.getElementById("echo").srcObject = new MediaStream([track]); };
                pc.onconnectionstatechange = () => { document.getElementById("state").textContent = pc.connectionState; };
                await pc.setLocalDescription();
                while (pc.iceGatheringState !== "complete") {
                  await new Promise((done) => pc.addEventListener("icegatheringstatechange", done, { once: true }));
                }
                const answer = await fetch("offer", { method: "POST", body: pc.localDescription.sdp });
                await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
              }
              document.getElementById("microphone").onclick = async () =>
                call(await navigator.mediaDevices.getUserMedia({ audio: true }));
              document.getElementById("tone").onclick = () => {
                const audio = new AudioContext();
                const tone = audio.createOscillator();
                const out = audio.createMediaStreamDestination();
                tone.connect(out);
                tone.start();
                return call(out.stream);
              };
            </script></html>
            """;

    public static void main(String[] arguments) throws IOException, InterruptedException {
        HttpServer http = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        http.setExecutor(Executors.newCachedThreadPool());
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
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
        pc.onConnectionStateChange(() -> {
            System.out.println(pc.connectionState());
            if (pc.connectionState() == ConnectionState.FAILED) {
                pc.close();
            }
        });
        pc.onTrack(event -> {
            System.out.println("echoing " + event.track().kind());
            pc.addTrack(event.track());
        });
        return pc.setRemoteDescription(SessionDescription.offer(offer))
                .thenCompose(done -> pc.setLocalDescription())
                .thenCompose(done -> pc.gatheringComplete())
                .join()
                .sdp();
    }

    private static void reply(HttpExchange exchange, String type, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}

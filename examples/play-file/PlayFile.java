import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.WebmPlayer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/** Plays a WebM file to whoever opens the page: frames are sent as the file has them, at their times. */
public final class PlayFile {
    private static final String PAGE =
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Play a file</title>
            <meta name="viewport" content="width=device-width">
            <style>button, input { min-height: 44px } video { max-width: 100% }</style>
            <video id="video" autoplay muted playsinline controls></video>
            <script>
              (async () => {
                const pc = (window.pc = new RTCPeerConnection());
                const stream = new MediaStream();
                document.getElementById("video").srcObject = stream;
                pc.ontrack = ({ track }) => stream.addTrack(track);
                pc.addTransceiver("audio", { direction: "recvonly" });
                pc.addTransceiver("video", { direction: "recvonly" });
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
        Path file = Path.of(arguments[0]);
        HttpServer http = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        http.setExecutor(Executors.newCachedThreadPool());
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            http.createContext("/", exchange -> reply(exchange, "text/html", PAGE));
            http.createContext("/offer", exchange -> {
                String offer = new String(exchange.getRequestBody().readNBytes(100_000), UTF_8);
                reply(exchange, "application/sdp", answer(factory.newPeerConnection(), offer, file));
            });
            http.start();
            System.out.println("open http://localhost:" + http.getAddress().getPort() + "/");
            Thread.currentThread().join();
        } finally {
            http.stop(0);
        }
    }

    private static String answer(PeerConnection pc, String offer, Path file) {
        EncodedTrack sound = EncodedTrack.opus("sound");
        EncodedTrack picture = EncodedTrack.vp8("picture");
        pc.addTrack(sound);
        pc.addTrack(picture);
        pc.connected()
                .thenCompose(done -> WebmPlayer.play(file, sound, picture))
                .whenComplete((done, error) -> {
                    System.out.println(error == null ? "played to the end" : "stopped: " + error.getMessage());
                    pc.close();
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

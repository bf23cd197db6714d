import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtpForwarder;
import dev.yodel.webrtc.Settings;
import dev.yodel.whip.WhipException;
import dev.yodel.whip.WhipHttpHandler;
import dev.yodel.whip.WhipServer;
import dev.yodel.whip.WhipSession;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** One page publishes by WHIP, any number watch by WHEP: packets are forwarded as they come, nothing is decoded. */
public final class Broadcast {
    private static final String PAGE =
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Broadcast</title>
            <meta name="viewport" content="width=device-width">
            <style>button, input { min-height: 44px } video { max-width: 100% }</style>
            <button id="camera">Publish the camera</button> <button id="pattern">Publish a pattern</button>
            <button id="watch">Watch</button><p id="state" role="status"></p>
            <video id="video" autoplay muted playsinline controls></video>
            <script>
              const $ = (id) => document.getElementById(id);
              // The shortest WHIP or WHEP client: an offer with all its candidates, an answer with all its candidates.
              async function signal(pc, endpoint) {
                pc.onconnectionstatechange = () => { $("state").textContent = pc.connectionState; };
                await pc.setLocalDescription();
                while (pc.iceGatheringState !== "complete") {
                  await new Promise((done) => pc.addEventListener("icegatheringstatechange", done, { once: true }));
                }
                const headers = { "Content-Type": "application/sdp" };
                const response = await fetch(endpoint, { method: "POST", headers, body: pc.localDescription.sdp });
                if (response.status !== 201) { throw new Error(await response.text()); }
                await pc.setRemoteDescription({ type: "answer", sdp: await response.text() });
              }
              function publish(stream) {
                const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
                for (const track of stream.getTracks()) {
                  pc.addTransceiver(track, { direction: "sendonly", streams: [stream] });
                }
                return signal(pc, "/whip");
              }
              $("camera").onclick = async () =>
                publish(await navigator.mediaDevices.getUserMedia({ audio: true, video: true }));
              $("pattern").onclick = () => {
                const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
                const paint = canvas.getContext("2d");
                setInterval(() => {
                  paint.fillStyle = `hsl(${performance.now() / 10}, 70%, 50%)`;
                  paint.fillRect(0, 0, 320, 240);
                }, 40);
                return publish(canvas.captureStream(25));
              };
              $("watch").onclick = () => {
                const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
                const stream = ($("video").srcObject = new MediaStream());
                pc.ontrack = ({ track }) => stream.addTrack(track);
                pc.addTransceiver("audio", { direction: "recvonly" });
                pc.addTransceiver("video", { direction: "recvonly" });
                return signal(pc, "/whep");
              };
            </script></html>
            """;

    private static final List<RemoteTrack> LIVE = new CopyOnWriteArrayList<>();

    public static void main(String[] arguments) throws IOException, InterruptedException {
        HttpServer http = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        http.setExecutor(Executors.newCachedThreadPool());
        // FFmpeg as a publisher answers no checks once it sends.
        Settings settings = Settings.builder().ice(ice -> ice.receiveWithoutConsent(true)).build();
        try (PeerConnectionFactory factory = PeerConnectionFactory.builder().settings(settings).build();
                WhipServer server = WhipServer.builder(factory)
                        .publish("/whip", Broadcast::publish)
                        .play("/whep", Broadcast::play)
                        .build()) {
            http.createContext("/whip", new WhipHttpHandler(server));
            http.createContext("/whep", new WhipHttpHandler(server));
            http.createContext("/", exchange -> {
                byte[] page = PAGE.getBytes(UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
                exchange.sendResponseHeaders(200, page.length);
                exchange.getResponseBody().write(page);
                exchange.close();
            });
            http.start();
            System.out.println("open http://localhost:" + http.getAddress().getPort() + "/");
            Thread.currentThread().join();
        } finally {
            http.stop(0);
        }
    }

    private static void publish(WhipSession session) {
        System.out.println("somebody publishes");
        LIVE.clear();
        session.connection().onTrack(event -> LIVE.add(event.track()));
    }

    private static void play(WhipSession session) {
        if (LIVE.isEmpty()) {
            throw new WhipException(404, "nobody publishes yet");
        }
        System.out.println("somebody watches");
        for (RemoteTrack track : LIVE) {
            RtpForwarder forwarder = RtpForwarder.of(track);
            session.connection().addTrack(forwarder.track());
            session.onEnd(forwarder::close);
        }
    }
}

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

/** A page opens a data channel to this program, and what it writes comes back. */
public final class DataChannelEcho {
    private static final String PAGE =
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Data channel echo</title>
            <meta name="viewport" content="width=device-width">
            <style>button, input { min-height: 44px } video { max-width: 100% }</style>
            <form id="form"><label>Say <input id="text" autofocus></label></form><ul id="lines" aria-live="polite"></ul>
            <script>
              const pc = new RTCPeerConnection();
              const channel = pc.createDataChannel("echo");
              channel.onmessage = ({ data }) => {
                document.getElementById("lines").append(Object.assign(document.createElement("li"), { textContent: data }));
              };
              channel.onopen = () => channel.send("hello");
              document.getElementById("form").onsubmit = (event) => {
                event.preventDefault();
                channel.send(document.getElementById("text").value);
              };
              (async () => {
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
        pc.onDataChannel(event -> event.channel().onMessage(message -> {
            if (message.isText()) {
                System.out.println("echo: " + message.text());
                event.channel().send(message.text());
            } else {
                event.channel().send(message.bytes());
            }
        }));
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

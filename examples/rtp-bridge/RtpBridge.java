import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtpTrack;
import dev.yodel.webrtc.SessionDescription;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** Plain RTP from FFmpeg or GStreamer is shown in a page, and what the page sends goes out as plain RTP. */
public final class RtpBridge {
    private static final String PAGE =
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>RTP bridge</title>
            <meta name="viewport" content="width=device-width">
            <style>button, input { min-height: 44px } video { max-width: 100% }</style>
            <video id="video" autoplay muted playsinline controls></video>
            <script>
              (async () => {
                const audio = new AudioContext();
                const tone = audio.createOscillator();
                const out = audio.createMediaStreamDestination();
                tone.connect(out);
                tone.start();
                const pc = (window.pc = new RTCPeerConnection());
                pc.addTrack(out.stream.getAudioTracks()[0], out.stream);
                const transceiver = pc.addTransceiver("video", { direction: "recvonly" });
                const codecs = RTCRtpReceiver.getCapabilities("video").codecs;
                transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => /VP8|rtx/.test(mimeType)));
                pc.ontrack = ({ track }) => { document.getElementById("video").srcObject = new MediaStream([track]); };
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
        int in = Integer.parseInt(arguments[0]);
        InetSocketAddress out = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1]));
        RtpTrack picture = RtpTrack.of(MediaKind.VIDEO, "picture", "VP8");
        HttpServer http = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        http.setExecutor(Executors.newCachedThreadPool());
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), in));
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            http.createContext("/", exchange -> reply(exchange, "text/html", PAGE));
            http.createContext("/offer", exchange -> {
                PeerConnection pc = factory.newPeerConnection();
                pc.addTrack(picture);
                pc.onTrack(event -> event.track().onRtp(packet -> send(socket, packet.packet(), out)));
                String offer = new String(exchange.getRequestBody().readNBytes(100_000), UTF_8);
                reply(exchange, "application/sdp", answer(pc, offer));
            });
            http.start();
            System.out.println("open http://localhost:" + http.getAddress().getPort() + "/");
            Thread reader = new Thread(() -> forward(socket, picture));
            reader.start();
            Thread.currentThread().join();
        } finally {
            http.stop(0);
        }
    }

    private static void forward(DatagramSocket socket, RtpTrack picture) {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        try {
            while (true) {
                packet.setLength(2048);
                socket.receive(packet);
                picture.write(packet.getData(), packet.getOffset(), packet.getLength());
            }
        } catch (IOException closed) {
            System.out.println("the bridge is closed");
        }
    }

    private static void send(DatagramSocket socket, byte[] rtp, InetSocketAddress to) {
        try {
            socket.send(new DatagramPacket(rtp, rtp.length, to));
        } catch (IOException e) {
            System.out.println("not sent: " + e.getMessage());
        }
    }

    private static String answer(PeerConnection pc, String offer) {
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

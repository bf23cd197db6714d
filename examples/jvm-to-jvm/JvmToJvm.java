import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Two programs in Java talk over a data channel: one waits for an offer by HTTP, the other brings it. */
public final class JvmToJvm {
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.out.println("usage: JvmToJvm wait PORT, or JvmToJvm call URL");
            return;
        }
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection pc = factory.newPeerConnection()) {
            if (arguments[0].equals("wait")) {
                waitForCall(pc, Integer.parseInt(arguments[1]));
            } else {
                call(pc, URI.create(arguments[1]));
            }
        }
    }

    private static void waitForCall(PeerConnection pc, int port) throws Exception {
        CompletableFuture<Void> over = new CompletableFuture<>();
        pc.onDataChannel(event -> {
            DataChannel channel = event.channel();
            channel.onMessage(message -> {
                System.out.println("heard: " + message.text());
                channel.send("and good morning to you");
            });
            channel.onClose(() -> over.complete(null));
        });
        HttpServer http = HttpServer.create(new InetSocketAddress("localhost", port), 0);
        http.createContext("/", exchange -> {
            SessionDescription offer =
                    SessionDescription.offer(new String(exchange.getRequestBody().readNBytes(100_000), UTF_8));
            byte[] answer = pc.setRemoteDescription(offer)
                    .thenCompose(done -> pc.setLocalDescription())
                    .thenCompose(done -> pc.gatheringComplete())
                    .join()
                    .sdp()
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        http.start();
        System.out.println("waiting at http://localhost:" + port + "/");
        try {
            over.get();
            System.out.println("the other side has gone");
        } finally {
            http.stop(0);
        }
    }

    private static void call(PeerConnection pc, URI server) throws Exception {
        DataChannel channel = pc.createDataChannel("talk");
        CompletableFuture<String> heard = new CompletableFuture<>();
        channel.onOpen(() -> channel.send("good morning"));
        channel.onMessage(message -> heard.complete(message.text()));
        String offer = pc.setLocalDescription()
                .thenCompose(done -> pc.gatheringComplete())
                .join()
                .sdp();
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(server)
                                .POST(HttpRequest.BodyPublishers.ofString(offer))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        pc.setRemoteDescription(SessionDescription.answer(answer.body())).join();
        System.out.println("heard: " + heard.get(30, TimeUnit.SECONDS));
        CompletableFuture<Void> closed = new CompletableFuture<>();
        channel.onClose(() -> closed.complete(null));
        channel.close();
        closed.get(10, TimeUnit.SECONDS);
    }
}

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A file from one JVM to another: a data channel as a stream, so that a slow disk slows the sender and memory stays
 * small.
 */
public final class FileTransfer {
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3) {
            System.out.println("usage: FileTransfer receive PORT FILE, or FileTransfer send URL FILE");
            return;
        }
        Path file = Path.of(arguments[2]);
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection pc = factory.newPeerConnection()) {
            if (arguments[0].equals("receive")) {
                receive(pc, Integer.parseInt(arguments[1]), file);
            } else {
                send(pc, URI.create(arguments[1]), file);
            }
        }
    }

    private static void receive(PeerConnection pc, int port, Path file) throws Exception {
        CompletableFuture<DataChannel> channel = new CompletableFuture<>();
        CompletableFuture<InputStream> opened = new CompletableFuture<>();
        pc.onDataChannel(event -> {
            // Taken in the listener: from now on nothing of it is lost.
            opened.complete(event.channel().inputStream());
            channel.complete(event.channel());
        });
        HttpServer http = HttpServer.create(new InetSocketAddress("localhost", port), 0);
        http.createContext("/", exchange -> {
            String offer = new String(exchange.getRequestBody().readNBytes(100_000), UTF_8);
            byte[] answer = pc.setRemoteDescription(SessionDescription.offer(offer))
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
        try (InputStream in = opened.get();
                OutputStream out = Files.newOutputStream(file)) {
            long bytes = in.transferTo(out);
            System.out.println("received " + bytes + " bytes");
        } finally {
            http.stop(0);
        }
    }

    private static void send(PeerConnection pc, URI receiver, Path file) throws Exception {
        DataChannel channel = pc.createDataChannel("file");
        CompletableFuture<Void> open = new CompletableFuture<>();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        channel.onOpen(() -> open.complete(null));
        channel.onClose(() -> closed.complete(null));
        String offer = pc.setLocalDescription()
                .thenCompose(done -> pc.gatheringComplete())
                .join()
                .sdp();
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(receiver)
                                .POST(HttpRequest.BodyPublishers.ofString(offer))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        pc.setRemoteDescription(SessionDescription.answer(answer.body())).join();
        open.get();
        try (OutputStream out = channel.outputStream()) {
            System.out.println("sending " + Files.copy(file, out) + " bytes");
        } catch (IOException e) {
            System.out.println("broken off: " + e.getMessage());
        }
        // The stream's end closes the channel; it is closed when the receiver has everything.
        closed.get();
        System.out.println("sent");
    }
}

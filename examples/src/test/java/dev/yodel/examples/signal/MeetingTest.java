package dev.yodel.examples.signal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.OwnThread;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.DataChannelInit;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MeetingTest {
    /** An offer that came with the word that its sender is there was once handled before it, and lost. */
    @Test
    void whatComesWithTheFirstWordsIsHandledInItsOrder() throws Exception {
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection other = factory.newPeerConnection(Configuration.DEFAULT);
                ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            other.createDataChannel(
                    "chat", DataChannelInit.builder().negotiated(true).id(0).build());
            List<SignalMessage> first = List.of(
                    new SignalMessage.Joined("kitchen", true),
                    new SignalMessage.Peer(true, true),
                    new SignalMessage.Description(
                            "offer", other.createOffer().join().sdp()));
            CompletableFuture<String> answer = OwnThread.call(() -> answerTo(listening, first));
            try (Meeting meeting = new Meeting(
                    factory,
                    Configuration.DEFAULT,
                    URI.create("ws://localhost:" + listening.getLocalPort() + "/kitchen"),
                    "chat",
                    note -> {})) {
                Thread waiting = new Thread(() -> awaitLink(meeting));
                waiting.start();
                assertThat(answer.get(30, TimeUnit.SECONDS)).contains("\"answer\"");
                waiting.interrupt();
                waiting.join();
            }
        }
    }

    private static void awaitLink(Meeting meeting) {
        try (Meeting.Link link = meeting.next(0)) {
            throw new AssertionError("connected with nobody: " + link.channel().label());
        } catch (IOException | InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A server that says everything at once, in the packet of its handshake; gives the answer that comes. */
    private static String answerTo(ServerSocket listening, List<SignalMessage> messages) {
        try (Socket socket = listening.accept();
                DataInputStream in = new DataInputStream(socket.getInputStream())) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accept(in) + "\r\n\r\n")
                    .getBytes(ISO_8859_1));
            for (SignalMessage message : messages) {
                byte[] text = message.toJson().getBytes(UTF_8);
                out.write(0x81);
                if (text.length < 126) {
                    out.write(text.length);
                } else {
                    out.write(126);
                    out.write(text.length >> 8);
                    out.write(text.length);
                }
                out.writeBytes(text);
            }
            socket.getOutputStream().write(out.toByteArray());
            String text = "";
            while (!text.contains("\"answer\"")) {
                text = readText(in);
            }
            return text;
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String accept(DataInputStream in) throws IOException {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            request.append((char) in.readUnsignedByte());
        }
        String key = request.toString()
                .lines()
                .filter(line -> line.startsWith("Sec-WebSocket-Key: "))
                .findFirst()
                .orElseThrow()
                .substring("Sec-WebSocket-Key: ".length());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One masked frame below 64 KiB (RFC 6455, 5.2). */
    private static String readText(DataInputStream in) throws IOException {
        in.readUnsignedByte();
        int length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        }
        byte[] mask = in.readNBytes(4);
        byte[] text = in.readNBytes(length);
        for (int i = 0; i < text.length; i++) {
            text[i] ^= mask[i & 3];
        }
        return new String(text, UTF_8);
    }
}

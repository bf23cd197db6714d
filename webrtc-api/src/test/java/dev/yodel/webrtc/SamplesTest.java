package dev.yodel.webrtc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.yodel.io.Registration;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.file.OggOpusWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that the API was designed by, run over real sockets with real handshakes. */
final class SamplesTest {
    private final PeerConnectionFactory factory = PeerConnectionFactory.create();

    @AfterEach
    void close() {
        factory.close();
    }

    /** A signal of two ends in one process: what one sends the other's listeners get. */
    private static final class Wire implements Negotiation.Signal {
        private final boolean polite;
        private final List<Consumer<SessionDescription>> descriptions = new CopyOnWriteArrayList<>();
        private final List<Consumer<IceCandidate>> candidates = new CopyOnWriteArrayList<>();
        private @Nullable Wire peer;

        Wire(boolean polite) {
            this.polite = polite;
        }

        static void join(Wire a, Wire b) {
            a.peer = b;
            b.peer = a;
        }

        boolean polite() {
            return polite;
        }

        @Override
        public void send(SessionDescription description) {
            if (peer != null) {
                peer.descriptions.forEach(listener -> listener.accept(description));
            }
        }

        @Override
        public void send(IceCandidate candidate) {
            if (peer != null) {
                peer.candidates.forEach(listener -> listener.accept(candidate));
            }
        }

        @Override
        public Registration onDescription(Consumer<SessionDescription> listener) {
            descriptions.add(listener);
            return () -> descriptions.remove(listener);
        }

        @Override
        public Registration onCandidate(Consumer<IceCandidate> listener) {
            candidates.add(listener);
            return () -> candidates.remove(listener);
        }
    }

    /** Stands for the example's microphone: it gives what the test speaks. */
    private static final class Microphone {
        private final List<Consumer<PcmFrame>> listeners = new CopyOnWriteArrayList<>();

        void onPcm(Consumer<PcmFrame> listener) {
            listeners.add(listener);
        }

        void speak(PcmFrame frame) {
            listeners.forEach(listener -> listener.accept(frame));
        }
    }

    /** The sample but for its port, which the system chooses here. */
    private static HttpServer echoServer(PeerConnectionFactory factory) throws IOException {
        var http = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        http.setExecutor(Executors.newCachedThreadPool());
        http.createContext("/offer", exchange -> {
            var offer = SessionDescription.offer(
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            var pc = factory.newPeerConnection(Configuration.DEFAULT);
            pc.onConnectionStateChange(() -> {
                if (pc.connectionState() == ConnectionState.FAILED) {
                    pc.close();
                }
            });
            pc.onDataChannel(event -> {
                var channel = event.channel();
                channel.onMessage(message -> {
                    if (message.isText()) {
                        channel.send(message.text());
                    } else {
                        channel.send(message.bytes());
                    }
                });
            });
            byte[] answer = pc.setRemoteDescription(offer)
                    .thenCompose(done -> pc.setLocalDescription())
                    .thenCompose(done -> pc.gatheringComplete())
                    .thenApply(description -> description.sdp().getBytes(UTF_8))
                    .join();
            exchange.sendResponseHeaders(200, answer.length);
            try (var body = exchange.getResponseBody()) {
                body.write(answer);
            }
        });
        http.start();
        return http;
    }

    @Test
    void a_aDataChannelEchoWithTheJdkOnly() throws Exception {
        HttpServer http = echoServer(factory);
        PeerConnection browser = factory.newPeerConnection();
        DataChannel channel = browser.createDataChannel("echo");
        BlockingQueue<MessageEvent> echoes = new LinkedBlockingQueue<>();
        channel.onMessage(echoes::add);
        channel.onOpen(() -> {
            channel.send("hello");
            channel.send(new byte[] {1, 2, 3});
        });
        browser.setLocalDescription();
        String offer = browser.gatheringComplete().get(10, TimeUnit.SECONDS).sdp();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + http.getAddress().getPort() + "/offer"))
                .POST(HttpRequest.BodyPublishers.ofString(offer))
                .build();
        String answer = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        browser.setRemoteDescription(SessionDescription.answer(answer)).get(10, TimeUnit.SECONDS);
        MessageEvent text = echoes.poll(20, TimeUnit.SECONDS);
        MessageEvent binary = echoes.poll(20, TimeUnit.SECONDS);
        assertThat(text).isNotNull();
        assertThat(text.text()).isEqualTo("hello");
        assertThat(binary).isNotNull();
        assertThat(binary.bytes()).containsExactly(1, 2, 3);
        browser.close();
        http.stop(0);
    }

    @Test
    void b_playsAnOggFileToThePeer(@TempDir Path folder) throws Exception {
        Path song = folder.resolve("song.ogg");
        try (OggOpusWriter writer = OggOpusWriter.create(song, 1)) {
            for (int i = 0; i < 10; i++) {
                // RFC 6716 3.1: configuration 31 (CELT, 20 ms), mono, one frame.
                writer.write(new byte[] {(byte) 0xf8, (byte) i}, 0, 2);
            }
        }
        PeerConnection pc = factory.newPeerConnection();
        PeerConnection browser = factory.newPeerConnection();
        AtomicInteger heard = new AtomicInteger();
        browser.onTrack(event -> event.track().onRtp(packet -> heard.incrementAndGet()));
        CompletableFuture<@Nullable Throwable> over = new CompletableFuture<>();

        var music = EncodedTrack.opus("music");
        pc.addTrack(music);
        pc.connected().thenCompose(done -> OggOpusPlayer.play(song, music)).whenComplete((done, error) -> {
            pc.close();
            over.complete(error);
        });

        pc.onIceCandidate(event -> browser.addIceCandidate(event.candidate()));
        browser.onIceCandidate(event -> pc.addIceCandidate(event.candidate()));
        pc.setLocalDescription()
                .thenCompose(browser::setRemoteDescription)
                .thenCompose(done -> browser.setLocalDescription())
                .thenCompose(pc::setRemoteDescription)
                .get(10, TimeUnit.SECONDS);
        CompletableFuture<Void> hungUp = new CompletableFuture<>();
        DtlsTransport transport =
                Objects.requireNonNull(browser.getReceivers().get(0).transport());
        transport.onStateChange(() -> {
            if (transport.state() == DtlsTransportState.CLOSED) {
                hungUp.complete(null);
            }
        });
        assertThat(over.get(20, TimeUnit.SECONDS)).isNull();
        assertThat(pc.connectionState()).isEqualTo(ConnectionState.CLOSED);
        // The peer's hang-up comes behind the last packet.
        hungUp.get(20, TimeUnit.SECONDS);
        assertThat(heard.get()).isEqualTo(10);
        browser.close();
    }

    @Test
    void c_aCallWithMicrophoneAndSpeaker() throws Exception {
        Wire signal = new Wire(true);
        Wire other = new Wire(false);
        Wire.join(signal, other);
        Microphone microphone = new Microphone();
        CompletableFuture<PcmFrame> played = new CompletableFuture<>();
        PeerConnection pc = factory.newPeerConnection();

        var voice = AudioTrack.g711("voice");
        pc.addTrack(voice);
        microphone.onPcm(voice::write);
        pc.onTrack(event -> event.track().onPcm(played::complete));
        Negotiation.perfect(pc, signal, signal.polite());

        PeerConnection peer = factory.newPeerConnection();
        var answer = AudioTrack.g711("answer");
        peer.addTrack(answer);
        CompletableFuture<PcmFrame> heard = new CompletableFuture<>();
        peer.onTrack(event -> event.track().onPcm(heard::complete));
        Negotiation.perfect(peer, other, other.polite());

        CompletableFuture.allOf(pc.connected(), peer.connected()).get(20, TimeUnit.SECONDS);
        for (int i = 0; i < 500 && !(heard.isDone() && played.isDone()); i++) {
            microphone.speak(new PcmFrame(new short[960], 48_000, 1));
            answer.write(new PcmFrame(new short[960], 48_000, 1));
            CompletableFuture.anyOf(
                            heard, new CompletableFuture<Void>().completeOnTimeout(null, 20, TimeUnit.MILLISECONDS))
                    .join();
        }
        assertThat(heard.get(10, TimeUnit.SECONDS).sampleRateHz()).isEqualTo(8_000);
        assertThat(played.get(10, TimeUnit.SECONDS).sampleRateHz()).isEqualTo(8_000);
        pc.close();
        peer.close();
    }

    @Test
    void connectedFailsInWordsWhenTheConnectionIsClosedFirst() {
        PeerConnection pc = factory.newPeerConnection();
        CompletableFuture<Void> connected = pc.connected();
        pc.close();
        assertThatThrownBy(() -> connected.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void candidatesThatOvertakeTheirDescriptionAreKept() throws Exception {
        PeerConnection a = factory.newPeerConnection();
        PeerConnection b = factory.newPeerConnection();
        a.addTrack(EncodedTrack.opus("a"));
        b.addTrack(EncodedTrack.opus("b"));
        // Every candidate is given to the other side before its description: gathering ends first on both sides.
        SessionDescription offer = a.setLocalDescription().get(10, TimeUnit.SECONDS);
        for (IceCandidate candidate : gathered(a)) {
            b.addIceCandidate(candidate).get(10, TimeUnit.SECONDS);
        }
        assertThatThrownBy(() -> b.addIceCandidate(new IceCandidate("candidate:nonsense", "0", 0, null))
                        .get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(OperationException.class);
        b.setRemoteDescription(offer).get(10, TimeUnit.SECONDS);
        SessionDescription answer = b.setLocalDescription().get(10, TimeUnit.SECONDS);
        for (IceCandidate candidate : gathered(b)) {
            a.addIceCandidate(candidate).get(10, TimeUnit.SECONDS);
        }
        a.setRemoteDescription(answer).get(10, TimeUnit.SECONDS);
        CompletableFuture.allOf(a.connected(), b.connected()).get(20, TimeUnit.SECONDS);
        a.close();
        b.close();
    }

    private static List<IceCandidate> gathered(PeerConnection connection) throws Exception {
        String sdp = connection.gatheringComplete().get(10, TimeUnit.SECONDS).sdp();
        return sdp.lines()
                .filter(line -> line.startsWith("a=candidate:"))
                .map(line -> new IceCandidate(line.substring(2), "0", 0, null))
                .toList();
    }
}

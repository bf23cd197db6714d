package dev.yodel.whip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.BundlePolicy;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtpReceiver;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.RtpTransceiverInit;
import dev.yodel.webrtc.SessionDescription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RFC 9725 and WHEP between our client and our server, over HTTP on loopback. */
@Timeout(60)
class WhipClientTest {
    private static final Configuration BUNDLED =
            Configuration.builder().bundlePolicy(BundlePolicy.MAX_BUNDLE).build();

    private final EncodedTrack voice = EncodedTrack.pcmu("voice");

    private PeerConnection publisher(PeerConnectionFactory factory) {
        final PeerConnection pc = factory.newPeerConnection(BUNDLED);
        pc.addTransceiver(voice, RtpTransceiverInit.of(RtpTransceiverDirection.SENDONLY));
        return pc;
    }

    private static PeerConnection player(PeerConnectionFactory factory) {
        final PeerConnection pc = factory.newPeerConnection(BUNDLED);
        pc.addTransceiver(MediaKind.AUDIO, RtpTransceiverInit.of(RtpTransceiverDirection.RECVONLY));
        return pc;
    }

    /** Sends the same frame again and again until one of them is heard. */
    private void awaitFrame(PeerConnection listening, byte value) throws Exception {
        final CompletableFuture<EncodedFrame> heard = new CompletableFuture<>();
        for (final RtpReceiver receiver : listening.getReceivers()) {
            receiver.track().onFrame(frame -> {
                if (frame.data()[0] == value) {
                    heard.complete(frame);
                }
            });
        }
        final byte[] sound = new byte[160];
        Arrays.fill(sound, value);
        for (int i = 0; i < 1_000 && !heard.isDone(); i++) {
            voice.write(EncodedFrame.ofDuration(sound, 20_000_000));
            heard.copy()
                    .completeOnTimeout(EncodedFrame.ofDuration(sound, 1), 20, TimeUnit.MILLISECONDS)
                    .get(30, TimeUnit.SECONDS);
        }
        assertThat(heard).as("a frame of %d was heard", value).isDone();
    }

    private static <T> void await(CompletableFuture<T> future) throws Exception {
        future.get(30, TimeUnit.SECONDS);
    }

    private static void awaitEnd(Studio studio, String path) throws InterruptedException {
        assertThat(studio.ended.poll(20, TimeUnit.SECONDS)).isEqualTo(path);
    }

    @Test
    void whatIsPublishedIsPlayedAndDeleteEndsBoth() throws Exception {
        try (Studio studio = Studio.open(builder -> builder.authorization(WhipAuthorization.token("sesame")));
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            final PeerConnection sending = publisher(factory);
            final WhipClient publishing = WhipClient.builder(studio.uri("/whip/live"), sending)
                    .token("sesame")
                    .build();
            await(publishing.start());
            await(sending.connected());
            studio.published.get(10, TimeUnit.SECONDS);

            final PeerConnection receiving = player(factory);
            final WhipClient playing = WhipClient.builder(studio.uri("/whep"), receiving)
                    .token("sesame")
                    .build();
            await(playing.start());
            await(receiving.connected());
            awaitFrame(receiving, (byte) 42);

            assertThat(studio.server.sessions()).isEqualTo(2);
            assertThat(playing.session())
                    .hasToString(studio.uri("/whep") + "/"
                            + String.valueOf(playing.session())
                                    .substring(studio.uri("/whep/").toString().length()));
            await(playing.end());
            awaitEnd(studio, "/whep");
            await(publishing.end());
            awaitEnd(studio, "/whip/live");
            assertThat(studio.server.sessions()).isZero();
            assertThat(sending.connectionState()).isEqualTo(ConnectionState.CLOSED);
        }
    }

    @Test
    void candidatesThatComeAfterTheOfferAreSentInOneRequest() throws Exception {
        try (Studio studio = Studio.open(builder -> builder.iceServers(
                        () -> List.of(IceServer.of("turn:127.0.0.1:9?transport=udp", "us\"er", "pass"))));
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            final PeerConnection sending = publisher(factory);
            // The offer is sent before gathering, so that the server's ICE servers are used; so it has no candidate.
            try (WhipClient client = WhipClient.builder(studio.uri("/whip/live"), sending)
                    .useIceServers()
                    .build()) {
                await(client.start());
                await(sending.connected());
                assertThat(client.iceServers()).hasSize(1);
                assertThat(client.iceServers().get(0).username()).isEqualTo("us\"er");
                assertThat(sending.getConfiguration().iceServers()).isEqualTo(client.iceServers());
                final WhipSession session = Objects.requireNonNull(studio.opened.poll(10, TimeUnit.SECONDS));
                // The client's checks may have connected both before its request has come.
                final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                while (!remoteSdp(session).contains("a=candidate") && System.nanoTime() < deadline) {
                    LockSupport.parkNanos(1_000_000);
                }
                assertThat(remoteSdp(session)).contains("a=candidate");
                assertThat(studio.requests).anyMatch(line -> line.startsWith("PATCH"));
                await(client.end());
                awaitEnd(studio, "/whip/live");
            }
        }
    }

    private static String remoteSdp(WhipSession session) {
        return Objects.requireNonNull(session.connection().remoteDescription()).sdp();
    }

    @Test
    void aRestartChangesCredentialsAndTagAndMediaFlowsOn() throws Exception {
        try (Studio studio = Studio.open();
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            final PeerConnection sending = publisher(factory);
            try (WhipClient client =
                    WhipClient.builder(studio.uri("/whip/live"), sending).build()) {
                await(client.start());
                await(sending.connected());
                final WhipSession session = Objects.requireNonNull(studio.opened.poll(10, TimeUnit.SECONDS));
                awaitFrame(session.connection(), (byte) 1);
                final String before = ufrags(session.connection());
                await(client.restart());
                assertThat(ufrags(session.connection())).isNotEqualTo(before);
                assertThat(Objects.requireNonNull(sending.currentRemoteDescription())
                                .sdp())
                        .contains(ufrag(session.connection().currentLocalDescription()));
                awaitFrame(session.connection(), (byte) 2);
                // The tag of the new ICE session is the one that candidates need.
                await(client.restart());
                assertThat(sending.connectionState()).isEqualTo(ConnectionState.CONNECTED);
            }
        }
    }

    private static String ufrags(PeerConnection pc) {
        return ufrag(pc.currentRemoteDescription()) + " " + ufrag(pc.currentLocalDescription());
    }

    private static String ufrag(@Nullable SessionDescription description) {
        return Objects.requireNonNull(description)
                .sdp()
                .lines()
                .filter(line -> line.startsWith("a=ice-ufrag:"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theServersEndIsTheClientsEndAndTheOtherWayRound() throws Exception {
        try (Studio studio = Studio.open();
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            final PeerConnection sending = publisher(factory);
            final WhipClient client =
                    WhipClient.builder(studio.uri("/whip/a"), sending).build();
            await(client.start());
            await(sending.connected());
            final CompletableFuture<Void> over = new CompletableFuture<>();
            client.onEnd(() -> over.complete(null));
            Objects.requireNonNull(studio.opened.poll(10, TimeUnit.SECONDS)).close();
            over.get(20, TimeUnit.SECONDS);

            final PeerConnection another = publisher(factory);
            final WhipClient second =
                    WhipClient.builder(studio.uri("/whip/b"), another).build();
            await(second.start());
            await(another.connected());
            awaitEnd(studio, "/whip/a");
            // Without a word by HTTP: DTLS says it (RFC 9725 4.2).
            another.close();
            awaitEnd(studio, "/whip/b");
        }
    }

    @Test
    void aCounterOfferIsAnswered() throws Exception {
        try (Studio studio = Studio.open();
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            final PeerConnection serving = factory.newPeerConnection(BUNDLED);
            serving.addTransceiver(voice, RtpTransceiverInit.of(RtpTransceiverDirection.SENDONLY));
            studio.serve("/counter", exchange -> {
                final String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                if (exchange.getRequestMethod().equals("POST")) {
                    final byte[] offer = serving.setLocalDescription()
                            .thenCompose(done -> serving.gatheringComplete())
                            .join()
                            .sdp()
                            .getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("Content-Type", "application/sdp");
                    exchange.getResponseHeaders().add("Location", "/counter/1");
                    exchange.sendResponseHeaders(406, offer.length);
                    exchange.getResponseBody().write(offer);
                } else if (exchange.getRequestMethod().equals("PATCH")) {
                    serving.setRemoteDescription(SessionDescription.answer(body))
                            .join();
                    exchange.sendResponseHeaders(204, -1);
                } else {
                    exchange.sendResponseHeaders(200, -1);
                }
                exchange.close();
            });
            final PeerConnection receiving = player(factory);
            try (WhipClient client =
                    WhipClient.builder(studio.uri("/counter"), receiving).build()) {
                await(client.start());
                await(receiving.connected());
                awaitFrame(receiving, (byte) 7);
            }
        }
    }

    @Test
    void refusalsAndHostileServersEndInWords() {
        try (Studio studio = Studio.open(builder -> builder.authorization(WhipAuthorization.token("sesame")));
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            studio.serve("/loop", exchange -> {
                exchange.getResponseHeaders().add("Location", "/loop");
                exchange.sendResponseHeaders(307, -1);
                exchange.close();
            });
            studio.serve("/endless", exchange -> {
                exchange.getResponseHeaders().add("Location", "/endless/1");
                exchange.sendResponseHeaders(201, 0);
                final byte[] piece = new byte[1 << 16];
                try (exchange) {
                    for (int i = 0; i < 40; i++) {
                        exchange.getResponseBody().write(piece);
                    }
                }
            });
            studio.serve("/nowhere", exchange -> {
                exchange.sendResponseHeaders(201, -1);
                exchange.close();
            });
            studio.serve("/file", exchange -> {
                exchange.getResponseHeaders().add("Location", "file:///etc/passwd");
                exchange.sendResponseHeaders(307, -1);
                exchange.close();
            });
            assertRefused(factory, studio, "/whip/live", 401, "token");
            assertRefused(factory, studio, "/loop", 307, "redirects");
            assertRefused(factory, studio, "/endless", 0, "bytes");
            assertRefused(factory, studio, "/nowhere", 201, "Location");
            assertRefused(factory, studio, "/file", 307, "not followed");
            assertThat(studio.server.sessions()).isZero();
        }
    }

    private void assertRefused(PeerConnectionFactory factory, Studio studio, String path, int status, String words) {
        final PeerConnection pc = publisher(factory);
        final WhipClient client = WhipClient.builder(studio.uri(path), pc).build();
        assertThatThrownBy(() -> client.start().join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(WhipException.class, refused -> assertThat(refused.status())
                        .isEqualTo(status))
                .hasMessageContaining(words);
        assertThat(pc.connectionState()).isEqualTo(ConnectionState.CLOSED);
        assertThatThrownBy(client::start).isInstanceOf(InvalidStateException.class);
    }

    @Test
    void aRedirectOfThePostIsFollowed() throws Exception {
        try (Studio studio = Studio.open();
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            studio.serve("/old", exchange -> {
                exchange.getResponseHeaders().add("Location", "/whip/new");
                exchange.sendResponseHeaders(307, -1);
                exchange.close();
            });
            final PeerConnection sending = publisher(factory);
            try (WhipClient client = WhipClient.builder(studio.uri("/old"), sending)
                    .gatherFirst()
                    .build()) {
                await(client.start());
                assertThat(String.valueOf(client.session())).contains("/whip/new/");
                await(sending.connected());
            }
        }
    }

    @Test
    void whoNeverConnectsIsForgotten() throws Exception {
        try (Studio studio = Studio.open(builder -> builder.connectTimeout(Duration.ofMillis(300)));
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            // A client that never sends a check: the answer is not used.
            final PeerConnection silent = publisher(factory);
            final String offer = silent.setLocalDescription()
                    .thenCompose(done -> silent.gatheringComplete())
                    .join()
                    .sdp();
            final WhipResponse created = studio.server
                    .handle(new WhipRequest(
                            "POST",
                            "/whip/live",
                            Map.of("Content-Type", List.of("application/sdp")),
                            offer.getBytes(StandardCharsets.UTF_8)))
                    .join();
            assertThat(created.status()).isEqualTo(201);
            awaitEnd(studio, "/whip/live");
            assertThat(studio.server.sessions()).isZero();
        }
    }
}

package dev.yodel.frameworks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.BundlePolicy;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.RtpTransceiverInit;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.whip.WhipAuthorization;
import dev.yodel.whip.WhipClient;
import dev.yodel.whip.WhipServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A real call and a real publisher, by whichever framework; what is refused, too. */
final class AdapterChecks implements AutoCloseable {
    private static final int SECONDS = 30;

    private final HttpClient http = HttpClient.newHttpClient();
    private final PeerConnectionFactory factory = PeerConnectionFactory.create();
    private final CountDownLatch published = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final WhipServer server = WhipServer.builder(factory)
            .publish("/whip/", session -> {
                session.connection().onTrack(event -> event.track().onFrame(frame -> published.countDown()));
                session.onEnd(over::countDown);
            })
            .authorization(WhipAuthorization.token("sesame"))
            .build();

    WhipServer whipServer() {
        return server;
    }

    private HttpResponse<String> post(URI uri, String type, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri).header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static void say(EncodedTrack voice, CountDownLatch until) throws InterruptedException {
        for (int i = 0; i < 50 * SECONDS; i++) {
            voice.write(EncodedFrame.ofDuration(new byte[160], 20_000_000));
            if (until.await(20, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
        throw new AssertionError("nothing was heard");
    }

    /** An offer comes in, an answer goes out, and sound comes back. */
    void signaling(URI base) throws Exception {
        try (PeerConnection pc = factory.newPeerConnection()) {
            EncodedTrack voice = EncodedTrack.pcmu("voice");
            CountDownLatch heard = new CountDownLatch(1);
            pc.addTrack(voice);
            pc.onTrack(event -> event.track().onFrame(frame -> heard.countDown()));
            String offer = pc.setLocalDescription().thenCompose(done -> pc.gatheringComplete()).get(SECONDS, TimeUnit.SECONDS).sdp();
            HttpResponse<String> answer = post(base.resolve("/offer"), "application/sdp", offer);
            assertEquals(200, answer.statusCode(), answer.body());
            assertTrue(answer.headers().firstValue("Content-Type").orElse("").startsWith("application/sdp"));
            pc.setRemoteDescription(SessionDescription.answer(answer.body())).get(SECONDS, TimeUnit.SECONDS);
            pc.connected().get(SECONDS, TimeUnit.SECONDS);
            say(voice, heard);
        }
        HttpResponse<String> refused = post(base.resolve("/offer"), "application/sdp", "v=1\r\nnonsense\r\n");
        assertEquals(400, refused.statusCode(), refused.body());
        assertTrue(refused.body().contains("line"), refused.body());
    }

    /** A publisher trickles, sends and leaves; others are refused. */
    void whip(URI base) throws Exception {
        URI endpoint = base.resolve("/whip/live");
        assertEquals(401, post(endpoint, "application/sdp", "v=0\r\n").statusCode());
        assertEquals(413, authorized(endpoint, "x".repeat(server.maxBodyBytes() + 1)));
        assertEquals(400, authorized(endpoint, "v=1\r\nnonsense\r\n"));
        try (PeerConnection pc = factory.newPeerConnection(Configuration.builder().bundlePolicy(BundlePolicy.MAX_BUNDLE).build())) {
            EncodedTrack voice = EncodedTrack.pcmu("voice");
            pc.addTransceiver(voice, RtpTransceiverInit.of(RtpTransceiverDirection.SENDONLY));
            WhipClient client = WhipClient.builder(endpoint, pc).token("sesame").build();
            client.start().get(SECONDS, TimeUnit.SECONDS);
            pc.connected().get(SECONDS, TimeUnit.SECONDS);
            say(voice, published);
            assertEquals(1, server.sessions());
            // By PATCH, with the entity tag.
            CompletableFuture<Void> restarted = client.restart();
            restarted.get(SECONDS, TimeUnit.SECONDS);
            client.end().get(SECONDS, TimeUnit.SECONDS);
            assertTrue(over.await(SECONDS, TimeUnit.SECONDS));
            assertEquals(0, server.sessions());
        }
    }

    private int authorized(URI endpoint, String body) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(endpoint)
                                .header("Content-Type", "application/sdp")
                                .header("Authorization", "Bearer sesame")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    @Override
    public void close() {
        server.close();
        factory.close();
    }
}

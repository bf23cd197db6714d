package dev.yodel.whip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.yodel.webrtc.BundlePolicy;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.RtpTransceiverInit;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RFC 9725's answers to what is asked wrongly, without any HTTP. */
@Timeout(120)
class WhipServerTest {
    private static final Map<String, String> SDP = Map.of("Content-Type", "application/sdp");

    private final PeerConnectionFactory factory = PeerConnectionFactory.create();
    private final List<WhipSession> sessions = new ArrayList<>();

    private WhipServer.Builder builder() {
        return WhipServer.builder(factory)
                .publish("/whip/", sessions::add)
                .publish("/only", sessions::add)
                .play("/whep", session -> {
                    session.connection().addTrack(EncodedTrack.vp8("picture"));
                });
    }

    private WhipServer server = builder().build();

    @AfterEach
    void close() {
        server.close();
        factory.close();
    }

    private String offer(MediaKind kind, RtpTransceiverDirection direction) {
        final PeerConnection pc = factory.newPeerConnection(
                Configuration.builder().bundlePolicy(BundlePolicy.MAX_BUNDLE).build());
        pc.addTransceiver(kind, RtpTransceiverInit.of(direction));
        final String sdp = pc.setLocalDescription().join().sdp();
        pc.close();
        return sdp;
    }

    private String offer() {
        return offer(MediaKind.AUDIO, RtpTransceiverDirection.SENDONLY);
    }

    private WhipResponse send(String method, String path, Map<String, String> headers, String body) {
        final Map<String, List<String>> lists = new TreeMap<>();
        headers.forEach((name, value) -> lists.put(name, List.of(value)));
        return server.handle(new WhipRequest(method, path, lists, body.getBytes(StandardCharsets.UTF_8)))
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    private static void assertProblem(WhipResponse response, int status, String words) {
        assertThat(response.text()).contains(words);
        assertThat(response.status()).as(response.text()).isEqualTo(status);
        assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
    }

    /** Makes a session and gives its path. */
    private String open(String path) {
        final WhipResponse created = send("POST", path, SDP, offer());
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        return Objects.requireNonNull(created.header("Location"));
    }

    @Test
    void anOfferIsAnsweredWithAllThatTheRfcWants() {
        final WhipResponse created = send("POST", "/whip/live", SDP, offer());
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Content-Type")).isEqualTo("application/sdp");
        assertThat(created.header("Location")).startsWith("/whip/live/").hasSizeGreaterThan(30);
        assertThat(created.header("ETag")).startsWith("\"").endsWith("\"");
        assertThat(created.text())
                .contains("a=recvonly", "a=candidate:", "a=end-of-candidates", "a=rtcp-mux")
                .doesNotContain("a=sendrecv");
        assertThat(sessions.get(0).path()).isEqualTo("/whip/live");
    }

    @Test
    void aPlayerIsAnsweredSendonly() {
        final WhipResponse created =
                send("POST", "/whep", SDP, offer(MediaKind.VIDEO, RtpTransceiverDirection.RECVONLY));
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.text()).contains("a=sendonly");
    }

    @Test
    void optionsSayWhatIsTakenWithoutAToken() {
        server = builder().authorization(WhipAuthorization.token("sesame")).build();
        final WhipResponse endpoint = send("OPTIONS", "/whip/live", Map.of(), "");
        assertThat(endpoint.status()).isEqualTo(200);
        assertThat(endpoint.header("Accept-Post")).isEqualTo("application/sdp");
        assertThat(send("OPTIONS", "/whip/live/x", Map.of(), "").header("Accept-Patch"))
                .isEqualTo("application/trickle-ice-sdpfrag");
        assertThat(endpoint.header("Access-Control-Allow-Origin")).isNull();
    }

    @Test
    void onlyPagesOfNamedOriginsMayReadAnswers() {
        server = builder().allowOrigins("https://example.org").build();
        final WhipResponse named = send("OPTIONS", "/only", Map.of("Origin", "https://example.org"), "");
        assertThat(named.header("Access-Control-Allow-Origin")).isEqualTo("https://example.org");
        assertThat(named.header("Access-Control-Allow-Headers")).contains("If-Match", "Authorization");
        assertThat(named.header("Access-Control-Expose-Headers")).contains("Location", "ETag", "Link");
        assertThat(send("OPTIONS", "/only", Map.of("Origin", "https://evil.example"), "")
                        .header("Access-Control-Allow-Origin"))
                .isNull();
    }

    @Test
    void aTokenIsAskedForEverywhere() {
        server = builder().authorization(WhipAuthorization.token("sesame")).build();
        final WhipResponse without = send("POST", "/only", SDP, offer());
        assertProblem(without, 401, "token is needed");
        assertThat(without.header("WWW-Authenticate")).startsWith("Bearer");
        final Map<String, String> wrong = new TreeMap<>(SDP);
        wrong.put("Authorization", "Bearer sesam");
        assertProblem(send("POST", "/only", wrong, offer()), 401, "wrong");
        wrong.put("Authorization", "Basic c2VzYW1l");
        assertProblem(send("POST", "/only", wrong, offer()), 401, "needed");
        final Map<String, String> right = new TreeMap<>(SDP);
        right.put("authorization", "bearer sesame");
        final WhipResponse created = send("POST", "/only", right, offer());
        assertThat(created.status()).isEqualTo(201);
        final String session = Objects.requireNonNull(created.header("Location"));
        assertProblem(send("DELETE", session, Map.of(), ""), 401, "needed");
        assertThat(server.sessions()).isEqualTo(1);
        assertThat(send("DELETE", session, right, "").status()).isEqualTo(200);
        assertThat(server.sessions()).isZero();
    }

    @Test
    void whatCannotBeReadIsRefusedInWords() {
        assertProblem(send("POST", "/nowhere", SDP, offer()), 404, "no such endpoint");
        assertProblem(send("POST", "/whip/", SDP, offer()), 404, "no such endpoint");
        assertProblem(send("POST", "/whip/../x", SDP, offer()), 405, "an endpoint");
        assertProblem(send("PUT", "/only", SDP, offer()), 405, "allowed");
        assertProblem(send("POST", "/only", Map.of(), offer()), 415, "application/sdp");
        assertProblem(send("POST", "/only", Map.of("Content-Type", "text/html"), offer()), 415, "application/sdp");
        assertProblem(send("POST", "/only", SDP, "v=0\r\n"), 400, "line 2");
        assertProblem(send("POST", "/only", SDP, ""), 400, "line 1");
        assertProblem(send("POST", "/only", SDP, "x".repeat(server.maxBodyBytes() + 1)), 413, "bytes");
        assertProblem(send("POST", "/only", SDP, offer().replace("a=rtcp-mux\r\n", "")), 422, "rtcp-mux");
        assertProblem(
                send("POST", "/only", SDP, offer(MediaKind.AUDIO, RtpTransceiverDirection.RECVONLY)), 422, "sendonly");
        assertProblem(
                send("POST", "/whep", SDP, offer(MediaKind.VIDEO, RtpTransceiverDirection.SENDONLY)), 422, "recvonly");
        assertProblem(send("POST", "/only", SDP, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"), 422, "offer");
        assertThat(send("POST", "/only/x", SDP, offer()).status()).isEqualTo(405);
        assertThat(send("GET", "/only", Map.of(), "").status()).isEqualTo(204);
        assertThat(server.sessions()).isZero();
    }

    @Test
    void aCodecThatNobodyKnowsIsNoHalfSession() {
        final String odd = offer().replace("opus/48000", "unheard/48000")
                .lines()
                .filter(line -> !line.startsWith("a=rtpmap") || line.contains("unheard"))
                .map(line -> line.startsWith("m=audio") ? "m=audio 9 UDP/TLS/RTP/SAVPF 111" : line)
                .filter(line -> !line.startsWith("a=fmtp") && !line.startsWith("a=rtcp-fb"))
                .collect(Collectors.joining("\r\n", "", "\r\n"));
        assertThat(send("POST", "/only", SDP, odd).status()).isEqualTo(422);
        assertThat(server.sessions()).isZero();
    }

    @Test
    void patchesNeedTheTagOfTheIceSession() {
        final WhipResponse created = send("POST", "/only", SDP, offer());
        final String session = Objects.requireNonNull(created.header("Location"));
        final String tag = Objects.requireNonNull(created.header("ETag"));
        final String fragment =
                """
                m=audio 9 UDP/TLS/RTP/SAVPF 0
                a=mid:0
                a=candidate:1 1 udp 2122260223 127.0.0.1 9 typ host
                a=candidate:nonsense
                a=end-of-candidates
                """;
        final Map<String, String> headers = new TreeMap<>(Map.of("Content-Type", "application/trickle-ice-sdpfrag"));
        assertProblem(send("PATCH", session, headers, fragment), 428, "If-Match");
        headers.put("If-Match", "\"other\"");
        assertProblem(send("PATCH", session, headers, fragment), 412, "entity tag");
        headers.put("If-Match", "\"other\", " + tag);
        final WhipResponse taken = send("PATCH", session, headers, fragment);
        assertThat(taken.status()).as(taken.text()).isEqualTo(204);
        assertThat(taken.header("ETag")).isNull();
        assertProblem(send("PATCH", session, headers, "v=0\r\n"), 400, "fragment");
        assertProblem(send("PATCH", session, headers, "m=audio 9 RTP/AVP 0\r\na=mid:77\r\n"), 400, "a=mid");
        headers.put("Content-Type", "application/sdp");
        assertProblem(send("PATCH", session, headers, fragment), 415, "sdpfrag");
        assertProblem(send("PATCH", "/only/guessed", headers, fragment), 404, "no such session");
        assertProblem(
                send("DELETE", "/whip/live/" + session.substring("/only/".length()), headers, ""), 404, "session");
        assertThat(server.sessions()).isEqualTo(1);
    }

    @Test
    void aRestartThatCannotBeMadeLeavesTheSessionAsItWas() {
        final WhipResponse created = send("POST", "/only", SDP, offer());
        final String session = Objects.requireNonNull(created.header("Location"));
        final Map<String, String> headers =
                Map.of("Content-Type", "application/trickle-ice-sdpfrag", "If-Match", "\"*\"");
        final String section = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n";
        assertProblem(send("PATCH", session, headers, section + "a=ice-ufrag:abcd\r\n"), 400, "ice-pwd");
        assertProblem(
                send("PATCH", session, headers, section + "a=ice-ufrag:abcd\r\na=ice-pwd:short\r\n"),
                422,
                "not restarted");
        final PeerConnection connection = sessions.get(0).connection();
        assertThat(connection.signalingState()).hasToString("stable");
        final WhipResponse restarted = send(
                "PATCH",
                session,
                headers,
                section + "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=end-of-candidates\r\n");
        assertThat(restarted.status()).as(restarted.text()).isEqualTo(200);
        assertThat(restarted.header("ETag")).isNotNull().isNotEqualTo(created.header("ETag"));
        assertThat(restarted.header("Content-Type")).isEqualTo("application/trickle-ice-sdpfrag");
        assertThat(restarted.text()).contains("a=mid:0", "a=ice-ufrag:", "a=ice-pwd:", "a=candidate:");
        assertThat(created.text())
                .doesNotContain(restarted
                        .text()
                        .lines()
                        .filter(line -> line.startsWith("a=ice-ufrag"))
                        .findFirst()
                        .orElseThrow());
    }

    /** As the client of npm's whip-whep writes it: the credentials before all sections, of which there is none. */
    @Test
    void credentialsOfAllSectionsRestartIce() {
        final WhipResponse created = send("POST", "/only", SDP, offer());
        final String session = Objects.requireNonNull(created.header("Location"));
        final WhipResponse restarted = send(
                "PATCH",
                session,
                Map.of("Content-Type", "application/trickle-ice-sdpfrag", "If-Match", "*"),
                "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n");
        assertThat(restarted.status()).as(restarted.text()).isEqualTo(200);
        assertThat(restarted.header("ETag")).isNotNull().isNotEqualTo(created.header("ETag"));
        assertThat(restarted.text()).contains("a=mid:0", "a=ice-ufrag:", "a=ice-pwd:", "a=candidate:");
        assertThat(Objects.requireNonNull(sessions.get(0).connection().currentRemoteDescription())
                        .sdp())
                .contains("a=ice-ufrag:abcd\r\n", "a=ice-pwd:0123456789012345678901\r\n");
    }

    /** The end by DTLS comes before the DELETE of the same client: that is no mistake of the client's. */
    @Test
    void whatEndedByItselfMayBeDeletedOnce() {
        final String session = open("/only");
        sessions.get(0).close();
        assertThat(server.sessions()).isZero();
        assertProblem(send("DELETE", session.replace("/only/", "/whip/other/"), Map.of(), ""), 404, "no such session");
        final String another = open("/only");
        sessions.get(1).close();
        assertThat(send("DELETE", another, Map.of(), "").status()).isEqualTo(200);
        assertProblem(send("DELETE", another, Map.of(), ""), 404, "no such session");
        assertProblem(send("GET", session, Map.of(), ""), 404, "no such session");
    }

    @Test
    void anEndpointMayRefuse() {
        server = WhipServer.builder(factory)
                .publish("/no", session -> {
                    throw new WhipException(409, "somebody publishes here already: \"x\"\n");
                })
                .publish("/broken", session -> {
                    throw new IllegalStateException("secret");
                })
                .build();
        assertProblem(send("POST", "/no", SDP, offer()), 409, "here already: \\\"x\\\"\\u000a");
        assertThat(send("POST", "/broken", SDP, offer()).text()).doesNotContain("secret");
        assertThat(server.sessions()).isZero();
    }

    @Test
    void whoComesTooLateIsToldToComeAgain() {
        server = builder().maxSessions(2).build();
        final String first = open("/whip/a");
        open("/whip/b");
        final WhipResponse full = send("POST", "/whip/c", SDP, offer());
        assertProblem(full, 503, "again later");
        assertThat(full.header("Retry-After")).isNotNull();
        assertThat(send("DELETE", first, Map.of(), "").status()).isEqualTo(200);
        open("/whip/c");
        assertProblem(send("DELETE", first, Map.of(), ""), 404, "ended");
    }

    /** Half of them say goodbye; of the other half nothing is heard again. */
    @Test
    void sessionsOpenedAndDroppedLeaveNothing() throws InterruptedException {
        final int count = Boolean.getBoolean("yodel.long") ? 1000 : 200;
        final CountDownLatch ended = new CountDownLatch(count);
        server = WhipServer.builder(factory)
                .publish("/whip", session -> session.onEnd(ended::countDown))
                .maxSessions(count)
                .connectTimeout(Duration.ofSeconds(1))
                .build();
        final String offer = offer();
        // What is made once, by the first session, is no leak.
        assertThat(send(
                                "DELETE",
                                Objects.requireNonNull(
                                        send("POST", "/whip", SDP, offer).header("Location")),
                                Map.of(),
                                "")
                        .status())
                .isEqualTo(200);
        final UnixOperatingSystemMXBean system =
                (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        final long filesBefore = system.getOpenFileDescriptorCount();
        final int threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
        for (int i = 0; i < count - 1; i++) {
            final String session =
                    Objects.requireNonNull(send("POST", "/whip", SDP, offer).header("Location"));
            if (i % 2 == 0) {
                assertThat(send("DELETE", session, Map.of(), "").status()).isEqualTo(200);
            }
        }
        assertThat(ended.await(60, TimeUnit.SECONDS)).as("all sessions ended").isTrue();
        assertThat(server.sessions()).isZero();
        awaitAtMost(filesBefore + 20, system::getOpenFileDescriptorCount);
        awaitAtMost(
                threadsBefore + 20, () -> ManagementFactory.getThreadMXBean().getThreadCount());
    }

    /** Sockets are closed by the loops, and idle threads end, a moment later. */
    private static void awaitAtMost(long most, LongSupplier count) throws InterruptedException {
        final CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 300 && count.getAsLong() > most; i++) {
            assertThat(never.await(50, TimeUnit.MILLISECONDS)).isFalse();
        }
        assertThat(count.getAsLong()).isLessThanOrEqualTo(most);
    }

    @Test
    void aServerWithoutEndpointsIsAMistake() {
        assertThatThrownBy(() -> WhipServer.builder(factory).build()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> WhipServer.builder(factory).publish("whip", session -> {}))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package dev.yodel.interop.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Polling;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.IceTransportPolicy;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a call through a real coturn that is killed, comes back, or does not know us any more. */
class CoturnDuringCallTest {
    private static final String SECRET = "a secret of the test";

    @TempDir
    private Path folder;

    private static Configuration relayOnly(String url, String user, String password) {
        return Configuration.builder()
                .iceServers(IceServer.of(url, user, password))
                .iceTransportPolicy(IceTransportPolicy.RELAY)
                .build();
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp", "tcp"})
    void F17_aServerThatIsKilledAndStartedAgainCarriesTheCallOn(String transport) throws Exception {
        try (Coturn server = Coturn.start(folder, Coturn.localAddress(), null);
                PeerConnectionFactory factory = PeerConnectionFactory.create();
                RelayedCall call = new RelayedCall(factory, relayOnly(server.url(transport), "user", "pass"))) {
            server.kill();
            final long killed = System.nanoTime();
            call.awaitSilence(10);
            server.start();
            final long started = System.nanoTime();
            call.awaitNumbers("numbers after coturn came back", 60);
            System.out.printf(
                    "coturn killed over %s: data is back %d ms after the kill, %d ms after the server is%n",
                    transport, millisSince(killed), millisSince(started));
            call.neverFailed();
        }
    }

    /** Half a minute, so not in each build; there {@code F17_aDeadServerIsNoticedAsADeadPathIs} stands for it. */
    @Test
    @Tag("long")
    void F17_aServerThatStaysAwayEndsTheCallInTime() throws Exception {
        try (Coturn server = Coturn.start(folder, Coturn.localAddress(), null);
                PeerConnectionFactory factory = PeerConnectionFactory.create();
                RelayedCall call = new RelayedCall(factory, relayOnly(server.url("udp"), "user", "pass"))) {
            server.kill();
            final long killed = System.nanoTime();
            Polling.until("disconnected", 20, () -> call.states.contains(ConnectionState.DISCONNECTED) ? true : null);
            final long disconnected = millisSince(killed);
            Polling.until("failed", 60, () -> call.states.contains(ConnectionState.FAILED) ? true : null);
            System.out.printf(
                    "coturn killed for good: disconnected after %d ms, failed after %d ms%n",
                    disconnected, millisSince(killed));
        }
    }

    /** As web services give them out: user name EXPIRY:NAME, password by HMAC-SHA1. */
    private static String[] credentials(long expirySeconds) throws Exception {
        final String user = expirySeconds + ":yodel";
        final Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        final byte[] hash = mac.doFinal(user.getBytes(StandardCharsets.UTF_8));
        return new String[] {user, Base64.getEncoder().encodeToString(hash)};
    }

    private static long seconds() {
        return System.currentTimeMillis() / 1000;
    }

    /** Seconds have to expire, so not in each build. */
    @Test
    @Tag("long")
    void F18_expiredCredentialsEndNoCallAndARestartTakesNewOnes() throws Exception {
        final long expiry = seconds() + 6;
        final String[] old = credentials(expiry);
        try (Coturn server = Coturn.start(
                        folder, Coturn.localAddress(), null, "--use-auth-secret", "--static-auth-secret=" + SECRET);
                PeerConnectionFactory factory = PeerConnectionFactory.create();
                RelayedCall call = new RelayedCall(factory, relayOnly(server.url("udp"), old[0], old[1]))) {
            Polling.until("the expiry", 30, () -> seconds() > expiry ? true : null);
            call.awaitNumbers("numbers with expired credentials", 10);
            assertThat(call.errors).isEmpty();

            // The server forgets the allocation: what we ask for now is refused.
            server.kill();
            server.start();
            Polling.until("disconnected", 30, () -> call.states.contains(ConnectionState.DISCONNECTED) ? true : null);
            final String[] fresh = credentials(seconds() + 600);
            call.a.setConfiguration(relayOnly(server.url("udp"), fresh[0], fresh[1]));
            call.b.setConfiguration(relayOnly(server.url("udp"), fresh[0], fresh[1]));
            final long restarted = System.nanoTime();
            call.a.restartIce();
            call.negotiate();
            call.awaitNumbers("numbers after the restart", 60);
            System.out.printf("expired credentials: data is back %d ms after restartIce%n", millisSince(restarted));
            call.neverFailed();
        }
    }
}

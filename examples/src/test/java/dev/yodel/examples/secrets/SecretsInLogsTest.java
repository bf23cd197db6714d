package dev.yodel.examples.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.yodel.examples.LogLines;
import dev.yodel.examples.Shell;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class SecretsInLogsTest {
    private static final String CREDENTIAL = "canary-of-a-credential";

    /** Through a TURN server that asks for credentials; a second one is told wrong ones. */
    @Test
    void J10_aWholeCallAtTraceLevelLogsNoPasswordAndNoCredential() throws Exception {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger library = context.getLogger("dev.yodel");
        Level before = library.getLevel();
        LogLines collector = LogLines.open();
        library.setLevel(Level.TRACE);
        List<String> secrets = new ArrayList<>(List.of(CREDENTIAL));
        Shell turn = Shell.start(
                "turn", "--listen", "127.0.0.1", "--port", "0", "--user", "user:" + CREDENTIAL, "--realm", "r");
        turn.awaitOut("ready; Ctrl-C ends it");
        String server = turn.out()
                .lines()
                .filter(line -> line.startsWith("turn:127.0.0.1:"))
                .findFirst()
                .orElseThrow();
        Configuration configuration = Configuration.builder()
                .iceServers(
                        new IceServer(List.of(server), "user", CREDENTIAL),
                        new IceServer(List.of(server), "nobody", CREDENTIAL + "!"))
                .build();
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection a = factory.newPeerConnection(configuration);
                PeerConnection b = factory.newPeerConnection(configuration)) {
            CompletableFuture<String> refused = new CompletableFuture<>();
            a.onIceCandidateError(event -> refused.complete(event.toString()));
            a.addTrack(EncodedTrack.opus("a"));
            b.addTrack(EncodedTrack.opus("b"));
            a.onIceCandidate(event -> b.addIceCandidate(event.candidate()));
            b.onIceCandidate(event -> a.addIceCandidate(event.candidate()));
            a.setLocalDescription()
                    .thenCompose(b::setRemoteDescription)
                    .thenCompose(done -> b.setLocalDescription())
                    .thenCompose(a::setRemoteDescription)
                    .get(20, TimeUnit.SECONDS);
            CompletableFuture.allOf(a.connected(), b.connected()).get(20, TimeUnit.SECONDS);
            for (PeerConnection each : List.of(a, b)) {
                String sdp = each.gatheringComplete().get(10, TimeUnit.SECONDS).sdp();
                sdp.lines()
                        .filter(line -> line.startsWith("a=ice-pwd:"))
                        .forEach(line -> secrets.add(line.substring("a=ice-pwd:".length())));
                assertThat(sdp).contains(" typ relay ");
                LoggerFactory.getLogger("dev.yodel.canary")
                        .trace(
                                "{} {} {} {} {}",
                                each,
                                each.getConfiguration(),
                                each.localDescription(),
                                each.remoteDescription(),
                                refused.get(10, TimeUnit.SECONDS));
            }
            assertThat(a.getConfiguration().iceServers()).hasSize(2);
        } finally {
            library.setLevel(before);
            collector.close();
        }
        assertThat(secrets).hasSizeGreaterThanOrEqualTo(3);
        assertThat(turn.toString()).doesNotContain(CREDENTIAL);
        assertThat(collector.lines()).anyMatch(line -> line.contains(" dev.yodel.canary "));
        assertThat(collector.lines()).noneMatch(line -> secrets.stream().anyMatch(line::contains));
    }
}

package dev.yodel.examples.call;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.yodel.examples.LogLines;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class SecretsInLogsTest {
    @Test
    void J10_aWholeCallAtTraceLevelLogsNoIcePassword() throws Exception {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger library = context.getLogger("dev.yodel");
        Level before = library.getLevel();
        LogLines collector = LogLines.open();
        library.setLevel(Level.TRACE);
        List<String> secrets = new ArrayList<>();
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection a = factory.newPeerConnection();
                PeerConnection b = factory.newPeerConnection()) {
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
                LoggerFactory.getLogger("dev.yodel.canary").trace("{}", each);
            }
        } finally {
            library.setLevel(before);
            collector.close();
        }
        assertThat(secrets).hasSizeGreaterThanOrEqualTo(2);
        assertThat(collector.lines()).anyMatch(line -> line.contains(" dev.yodel.canary "));
        assertThat(collector.lines()).noneMatch(line -> secrets.stream().anyMatch(line::contains));
    }
}

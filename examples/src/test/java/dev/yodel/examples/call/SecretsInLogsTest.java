package dev.yodel.examples.call;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class SecretsInLogsTest {
    private static final class Collector extends AppenderBase<ILoggingEvent> {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getLoggerName() + " " + event.getFormattedMessage());
            if (event.getThrowableProxy() != null) {
                lines.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
    }

    @Test
    void J10_aWholeCallAtTraceLevelLogsNoIcePassword() throws Exception {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        Logger library = context.getLogger("dev.yodel");
        Level before = library.getLevel();
        Collector collector = new Collector();
        collector.setContext(context);
        collector.start();
        root.addAppender(collector);
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
            root.detachAppender(collector);
            collector.stop();
        }
        assertThat(secrets).hasSizeGreaterThanOrEqualTo(2);
        assertThat(collector.lines).anyMatch(line -> line.startsWith("dev.yodel.canary"));
        assertThat(collector.lines).noneMatch(line -> secrets.stream().anyMatch(line::contains));
    }
}

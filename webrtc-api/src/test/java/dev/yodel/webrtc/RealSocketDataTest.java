package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.loop.NioEnvironment;
import java.security.MessageDigest;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The fault of data channels that THREATS.md marks R, over real sockets with real handshakes: F03. */
class RealSocketDataTest {
    private static final boolean LONG = Boolean.getBoolean("yodel.long");
    private static final int MESSAGE_BYTES = 16_384;

    private static void pump(DataChannel channel, Random random, MessageDigest digest, int messages) {
        CompletableFuture<Void> sent = CompletableFuture.completedFuture(null);
        int left = messages;
        for (; left > 0 && sent.isDone(); left--) {
            byte[] data = new byte[MESSAGE_BYTES];
            random.nextBytes(data);
            digest.update(data);
            sent = channel.sendAsync(data);
        }
        int rest = left;
        sent.thenRun(() -> {
            if (rest > 0) {
                pump(channel, random, digest, rest);
            } else {
                channel.send("end");
            }
        });
    }

    /**
     * A tenth is lost, three in ten are late by up to 50 ms, one in twenty comes twice, one in a hundred has a wrong
     * bit.
     */
    @Test
    void F03_everythingArrivesOverRealSockets() throws Exception {
        int messages = LONG ? 4_096 : 12;
        Settings settings = Settings.builder().resolveMdns(false).build();
        try (NioEnvironment environment = NioEnvironment.create();
                PeerConnectionFactory factory = PeerConnectionFactory.builder()
                        .environment(environment)
                        .settings(settings)
                        .build();
                RelayedCall call = new RelayedCall(factory, factory, 3).talking()) {
            MessageDigest received = MessageDigest.getInstance("SHA-256");
            CompletableFuture<byte[]> arrived = new CompletableFuture<>();
            call.b.connection.onDataChannel(event -> event.channel().onMessage(message -> {
                if (message.isText()) {
                    arrived.complete(received.digest());
                } else {
                    received.update(message.bytes());
                }
            }));
            DataChannel bulk = call.a.connection.createDataChannel("bulk");
            call.await("open", 10_000, () -> bulk.readyState() == DataChannelState.OPEN);
            for (FaultyRelay.Direction way : List.of(call.relay.fromA, call.relay.fromB)) {
                way.loss(0.1);
                way.spoil(0.3, 0.05, 0.01);
            }
            MessageDigest sent = MessageDigest.getInstance("SHA-256");
            pump(bulk, new Random(3), sent, messages);
            call.await("all of it", LONG ? 1_800_000 : 60_000, arrived::isDone);
            assertThat(arrived.join()).isEqualTo(sent.digest());
            for (RelayedCall.Side side : List.of(call.a, call.b)) {
                assertThat(side.states)
                        .as("%s", call)
                        .containsExactly(ConnectionState.CONNECTING, ConnectionState.CONNECTED);
            }
        }
    }
}

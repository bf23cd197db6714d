package dev.yodel.interop.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Channels that are closed with data still under way, on a path that loses some of it both ways, and whose streams are used
 * again: requests overtake the data that they wait for, and answers are lost (RFC 6525 5.2; threat C12).
 */
@Tag("long")
final class LossyClosingTest {
    private static final double LOSS = 0.03;

    @Test
    void C12_streamsAreUsedAgainWithPion() throws Exception {
        closeAndReopen(PionBot.start(), 2_000, true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void C12_streamsAreUsedAgainWithLibwebrtc(boolean weOffer, @TempDir Path folder) throws Exception {
        closeAndReopen(LibwebrtcBot.start(folder), 2_000, weOffer);
    }

    private static void closeAndReopen(DataPeer bot, int cycles, boolean weOffer) throws Exception {
        long seed = Long.getLong("yodel.seed", System.nanoTime());
        int cycle = 0;
        try (DataPeer peer = new LossyPeer(bot, LOSS, seed);
                PeerConnectionFactory factory = PeerConnectionFactory.create();
                DataEnd end = DataEnd.connect(factory, peer, weOffer)) {
            byte[] data = new byte[3_000];
            try {
                for (; cycle < cycles; cycle++) {
                    DataEnd.Line line = end.open("echo again");
                    assertThat(line.channel.id()).as("streams are free again").isLessThan(16);
                    Arrays.fill(data, (byte) cycle);
                    line.channel.send(data);
                    assertThat(line.next().bytes()).isEqualTo(data);
                    line.channel.send(data);
                    line.channel.send(data);
                    line.channel.close();
                    line.awaitClosed();
                }
                assertThat(end.connection.connectionState()).isEqualTo(ConnectionState.CONNECTED);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ", cycle " + cycle + ", " + end + ": " + e, e);
            }
        }
    }
}

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
    private static final int CYCLES = Integer.getInteger("yodel.cycles", 1_000);

    @Test
    void C12_streamsAreUsedAgainWithPion() throws Exception {
        closeAndReopen(PionBot.start(), true, 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void C12_streamsAreUsedAgainWithLibwebrtc(boolean weOffer, @TempDir Path folder) throws Exception {
        closeAndReopen(LibwebrtcBot.start(folder), weOffer, 0);
    }

    /**
     * It asks once for each reset, and for no other until that one is answered ({@code LostResetTest} of sctp). What
     * waits when it resets a stream it sends afterwards, so that it belongs to the stream's next life.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void C12_streamsAreUsedAgainWithAiortc(boolean weOffer, @TempDir Path folder) throws Exception {
        closeAndReopen(AiortcBot.start(folder), weOffer, 2);
    }

    private static void closeAndReopen(DataPeer bot, boolean weOffer, int mostStale) throws Exception {
        long seed = Long.getLong("yodel.seed", System.nanoTime());
        int cycle = 0;
        try (DataPeer peer = new LossyPeer(bot, LOSS, seed);
                PeerConnectionFactory factory = PeerConnectionFactory.create();
                DataEnd end = DataEnd.connect(factory, peer, weOffer)) {
            byte[] data = new byte[3_000];
            try {
                for (; cycle < CYCLES; cycle++) {
                    DataEnd.Line line = end.open("echo again");
                    assertThat(line.channel.id()).as("streams are free again").isLessThan(16);
                    Arrays.fill(data, (byte) cycle);
                    line.channel.send(data);
                    byte[] echo = line.next().bytes();
                    for (int stale = 0; stale < mostStale && cycle > 0 && echo[0] == (byte) (cycle - 1); stale++) {
                        echo = line.next().bytes();
                    }
                    assertThat(echo).isEqualTo(data);
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

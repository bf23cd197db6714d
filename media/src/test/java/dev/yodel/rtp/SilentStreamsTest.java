package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A session with many picture streams of which few send, as an SFU has them. */
final class SilentStreamsTest {
    private static final RtpCodec VP8 =
            new RtpCodec(96, "VP8", 90_000, 1, Map.of(), Set.of("nack", "nack pli", "transport-cc"));
    private static final RtpCodec RTX = new RtpCodec(97, "rtx", 90_000, 1, Map.of("apt", "96"), Set.of());

    /**
     * Probing asks for padding, which repeats what a stream has sent: silent streams have nothing, and the session
     * must wait until another one has instead of asking to be called at once, for ever.
     */
    @Test
    void probingWaitsForAStreamThatHasSomethingToRepeat() {
        RtpPair pair = new RtpPair(21, 0);
        List<SendStream> streams = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String mid = "v" + i;
            long ssrc = pair.a.newSsrc();
            long rtx = pair.a.newSsrc();
            streams.add(pair.a.addSendStream(
                    new SendStreamParameters(ssrc, rtx, mid, null, List.of(VP8, RTX), RtpPair.IDS)));
            pair.b.addReceiver(
                    new ReceiveParameters(
                            mid, List.of(VP8, RTX), Set.of(ssrc), Map.of(ssrc, rtx), List.of(), RtpPair.IDS),
                    0);
        }
        byte[] payload = new byte[500];
        RtpTransmit out = new RtpTransmit();
        for (int sender : new int[] {0, 2, 3}) {
            for (int i = 0; i < 100; i++) {
                streams.get(sender).write(VP8, payload, 0, payload.length, i * 3_000L, true, -1, pair.now);
                pair.a.handleTimeout(pair.now);
                pair.drain();
                // Whatever is wanted, the next call is not due at this very moment once all has been polled.
                assertThat(pair.a.pollTransmit(out, pair.now)).isFalse();
                assertThat(pair.a.nextTimeout())
                        .as("sender %d, packet %d", sender, i)
                        .isGreaterThan(pair.now);
                pair.run(pair.now + 20 * Time.MILLISECOND);
            }
            pair.run(pair.now + 10 * Time.SECOND);
        }
        assertThat(pair.of(pair.eventsOfA, RtpEvent.TargetBitrate.class)).isNotEmpty();
        // The first stream was the one to be repeated while it alone had sent.
        assertThat(streams.get(0).stats().retransmittedPacketsSent()).isPositive();
    }
}

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.media.EncodedFrame;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A test of yours: a call over a network that loses every tenth packet. Virtual time, one thread, the same for each
 * seed.
 */
class CallOverBadNetworkTest {
    private static final int FRAMES = 500;

    @Test
    void soundGetsThroughTenPercentLoss() {
        Simulator simulator = Simulator.create(42);
        SimulatedHost here = simulator.internet().host("here", "203.0.113.1");
        SimulatedHost there = simulator.internet().host("there", "203.0.113.2");
        here.uplink().delay(Duration.ofMillis(40)).jitter(Duration.ofMillis(10)).loss(0.1);

        AtomicInteger heard = new AtomicInteger();
        try (PeerConnectionFactory mine = factory(here);
                PeerConnectionFactory theirs = factory(there)) {
            PeerConnection speaking = mine.newPeerConnection();
            PeerConnection listening = theirs.newPeerConnection();
            EncodedTrack voice = EncodedTrack.pcmu("voice");
            speaking.addTrack(voice);
            listening.onTrack(event -> event.track().onFrame(frame -> heard.incrementAndGet()));
            speaking.onIceCandidate(event -> carry(simulator, () -> listening.addIceCandidate(event.candidate())));
            listening.onIceCandidate(event -> carry(simulator, () -> speaking.addIceCandidate(event.candidate())));
            Duration patience = Duration.ofSeconds(30);
            simulator.await(listening.setRemoteDescription(simulator.await(speaking.setLocalDescription(), patience)), patience);
            simulator.await(speaking.setRemoteDescription(simulator.await(listening.setLocalDescription(), patience)), patience);
            simulator.await(speaking.connected(), patience);

            for (int i = 0; i < FRAMES; i++) {
                voice.write(EncodedFrame.ofDuration(new byte[160], 20_000_000));
                simulator.run(Duration.ofMillis(20));
            }
            simulator.run(Duration.ofSeconds(1));
        }
        System.out.printf("%d of %d frames heard; %d s passed in the simulation%n",
                heard.get(), FRAMES, simulator.elapsed().toSeconds());
        assertTrue(heard.get() > FRAMES * 0.8, () -> simulator + " heard " + heard);
    }

    private static PeerConnectionFactory factory(SimulatedHost host) {
        return PeerConnectionFactory.builder()
                .environment(host)
                .dtls(new SimulatedDtls())
                .build();
    }

    /** Signaling takes 20 ms. */
    private static void carry(Simulator simulator, Runnable message) {
        simulator.schedule(Duration.ofMillis(20), message);
    }

    public static void main(String[] arguments) {
        new CallOverBadNetworkTest().soundGetsThroughTenPercentLoss();
    }
}

package dev.yodel.webrtc;

import dev.yodel.dtls.DtlsEndpointFactory;
import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Two connections on two hosts of a simulated internet, for tests. */
final class SimulatedPair implements AutoCloseable {
    final Simulator simulator;
    final SimulatedHost hostA;
    final SimulatedHost hostB;
    final PeerConnectionFactory factoryA;
    final PeerConnectionFactory factoryB;
    final PeerConnection a;
    final PeerConnection b;
    final List<Throwable> errors = new ArrayList<>();

    SimulatedPair(long seed) {
        this(seed, Settings.DEFAULT);
    }

    SimulatedPair(long seed, Settings settings) {
        this(Simulator.create(seed), settings);
    }

    SimulatedPair(Simulator simulator, Settings settings) {
        this(simulator, settings, Configuration.DEFAULT);
    }

    SimulatedPair(Simulator simulator, Settings settings, Configuration configuration) {
        this(simulator, settings, settings, new SimulatedDtls(), configuration);
    }

    /** With a DTLS of its own for B. */
    SimulatedPair(Simulator simulator, Settings settingsA, Settings settingsB, DtlsEndpointFactory dtlsB) {
        this(simulator, settingsA, settingsB, dtlsB, Configuration.DEFAULT);
    }

    private SimulatedPair(
            Simulator simulator,
            Settings settingsA,
            Settings settingsB,
            DtlsEndpointFactory dtlsB,
            Configuration configuration) {
        this.simulator = simulator;
        hostA = simulator.internet().host("a", "10.1.0.1");
        hostB = simulator.internet().host("b", "10.1.0.2");
        factoryA = factory(hostA, settingsA, new SimulatedDtls());
        factoryB = factory(hostB, settingsB, dtlsB);
        a = factoryA.newPeerConnection(configuration);
        b = factoryB.newPeerConnection(configuration);
    }

    private static PeerConnectionFactory factory(SimulatedHost host, Settings settings, DtlsEndpointFactory dtls) {
        return PeerConnectionFactory.builder()
                .environment(host)
                .dtls(dtls)
                .settings(settings)
                .build();
    }

    /** Carries candidates both ways, in the order they come, once the descriptions are there. */
    void trickle() {
        carry(a, b);
        carry(b, a);
    }

    private void carry(PeerConnection from, PeerConnection to) {
        from.onIceCandidate(event -> {
            IceCandidate candidate = event.candidate();
            if (candidate != null) {
                simulator.schedule(Duration.ofMillis(5), () -> to.addIceCandidate(candidate)
                        .whenComplete((done, error) -> {
                            if (error != null) {
                                errors.add(error);
                            }
                        }));
            }
        });
    }

    /** An exchange that {@code from} starts. */
    void negotiate(PeerConnection from, PeerConnection to) {
        SessionDescription offer = simulator.await(from.setLocalDescription(), Duration.ofSeconds(5));
        simulator.await(to.setRemoteDescription(offer), Duration.ofSeconds(5));
        SessionDescription answer = simulator.await(to.setLocalDescription(), Duration.ofSeconds(5));
        simulator.await(from.setRemoteDescription(answer), Duration.ofSeconds(5));
    }

    void connect() {
        trickle();
        negotiate(a, b);
        simulator.await(a.connected(), Duration.ofSeconds(20));
        simulator.await(b.connected(), Duration.ofSeconds(20));
    }

    @Override
    public void close() {
        factoryA.close();
        factoryB.close();
        simulator.run(Duration.ofSeconds(1));
        simulator.assertNoLeaks();
        simulator.close();
    }
}

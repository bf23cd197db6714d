package dev.yodel.ice.loop;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.time.Duration;

/** Two connections in a simulated world, and signaling between them that takes a while and loses nothing. */
final class SimulatedCall {
    final Simulator simulator;
    final IcePeer a;
    final IcePeer b;
    Duration signaling = Duration.ofMillis(20);
    boolean trickles = true;

    SimulatedCall(Simulator simulator, SimulatedHost a, SimulatedHost b) {
        this(simulator, a, b, IceConnectionOptions.DEFAULT);
    }

    SimulatedCall(Simulator simulator, SimulatedHost a, SimulatedHost b, IceConnectionOptions options) {
        this.simulator = simulator;
        this.a = new IcePeer(this, a, options);
        this.b = new IcePeer(this, b, options);
    }

    SimulatedCall(
            Simulator simulator,
            SimulatedHost a,
            IceConnectionOptions optionsA,
            SimulatedHost b,
            IceConnectionOptions optionsB) {
        this.simulator = simulator;
        this.a = new IcePeer(this, a, optionsA);
        this.b = new IcePeer(this, b, optionsB);
    }

    /** Two public hosts, no impairment but 5 ms on each wire. */
    static SimulatedCall direct(long seed) {
        return direct(Simulator.create(seed));
    }

    static SimulatedCall direct(Simulator simulator) {
        return new SimulatedCall(
                simulator,
                simulator.internet().host("a", "198.51.100.1"),
                simulator.internet().host("b", "198.51.100.2"));
    }

    static IceConnectionOptions with(IceOptions ice) {
        return new IceConnectionOptions(ice, null);
    }

    /** A offers and controls, B answers. */
    void begin() {
        a.onLoop(() -> a.connection.gather(a.credentials));
        // The offer.
        simulator.schedule(signaling, () -> b.host.loop().execute(() -> {
            b.connection.gather(b.credentials);
            b.connection.start(IceRole.CONTROLLED, a.credentials);
            for (Candidate candidate : a.candidates) {
                b.connection.addRemoteCandidate(candidate);
            }
            offered = true;
            if (aEnded) {
                b.connection.endOfRemoteCandidates();
            }
            // The answer.
            simulator.schedule(signaling, () -> a.host.loop().execute(() -> {
                a.connection.start(IceRole.CONTROLLING, b.credentials);
                for (Candidate candidate : b.candidates) {
                    a.connection.addRemoteCandidate(candidate);
                }
                answered = true;
                if (bEnded) {
                    a.connection.endOfRemoteCandidates();
                }
            }));
        }));
    }

    private boolean offered;
    private boolean answered;
    private boolean aEnded;
    private boolean bEnded;

    void trickle(IcePeer from, Candidate candidate) {
        IcePeer to = from == a ? b : a;
        if (trickles) {
            simulator.schedule(signaling, () -> to.host.loop().execute(() -> {
                if (from == a ? offered : answered) {
                    to.connection.addRemoteCandidate(candidate);
                }
            }));
        }
    }

    void ended(IcePeer from) {
        simulator.schedule(signaling, () -> {
            if (from == a) {
                aEnded = true;
            } else {
                bEnded = true;
            }
            IcePeer to = from == a ? b : a;
            if (from == a ? offered : answered) {
                to.host.loop().execute(to.connection::endOfRemoteCandidates);
            }
        });
    }

    boolean works() {
        return a.works() && b.works();
    }

    void connect(Duration limit) {
        begin();
        simulator.require("both ends connect", this::works, limit);
    }

    /** Until both have nothing left to check. */
    void settle() {
        connect(Duration.ofSeconds(30));
        simulator.run(Duration.ofMillis(1200));
    }

    void close() {
        a.onLoop(a.connection::close);
        b.onLoop(b.connection::close);
        // Signaling that is still under way.
        simulator.run(Duration.ofMillis(100));
        simulator.assertNoLeaks();
    }
}

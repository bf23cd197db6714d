package dev.yodel.webrtc;

import dev.yodel.media.EncodedFrame;
import dev.yodel.simulator.Simulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A simulated call with audio both ways whose states are looked at after every event: a change that W3C's state machines
 * do not have fails the test, with the seed.
 */
final class WatchedCall implements AutoCloseable {
    /** A state that a connection took, and when. */
    record At(ConnectionState state, long nanos) {}

    /** One end. */
    final class Side {
        final String name;
        final PeerConnection connection;
        final EncodedTrack voice;
        final RtpSender sender;
        final List<RtpPacketEvent> heard = new ArrayList<>();
        /** When each packet was heard. */
        final List<Long> heardAt = new ArrayList<>();

        final List<At> states = new ArrayList<>();
        private ConnectionState state = ConnectionState.NEW;
        private IceConnectionState ice = IceConnectionState.NEW;
        private IceGatheringState gathering = IceGatheringState.NEW;
        private DtlsTransportState dtls = DtlsTransportState.NEW;

        Side(String name, PeerConnection connection) {
            this.name = name;
            this.connection = connection;
            this.voice = EncodedTrack.opus("voice-" + name);
            sender = connection.addTrack(voice);
            connection.onTrack(event -> event.track().onRtp(packet -> {
                heard.add(packet);
                heardAt.add(pair.simulator.now());
            }));
        }

        DtlsTransport dtls() {
            DtlsTransport transport = sender.transport();
            if (transport == null) {
                throw new AssertionError(name + " has no transport, seed " + pair.simulator.seed());
            }
            return transport;
        }

        /** Whether a state was taken at or after a moment; the time from there to it, or -1. */
        long nanosUntil(ConnectionState wanted, long from) {
            for (At at : states) {
                if (at.nanos() >= from && at.state() == wanted) {
                    return at.nanos() - from;
                }
            }
            return -1;
        }

        boolean was(ConnectionState wanted) {
            return states.stream().anyMatch(at -> at.state() == wanted);
        }

        private void look() {
            ConnectionState newState = connection.connectionState();
            if (newState != state) {
                step("connection", LegalStates.CONNECTION, state, newState);
                state = newState;
                states.add(new At(newState, pair.simulator.now()));
            }
            IceConnectionState newIce = connection.iceConnectionState();
            if (newIce != ice) {
                step("ICE", LegalStates.ICE, ice, newIce);
                ice = newIce;
            }
            IceGatheringState newGathering = connection.iceGatheringState();
            if (newGathering != gathering) {
                step("gathering", LegalStates.GATHERING, gathering, newGathering);
                gathering = newGathering;
            }
            DtlsTransport transport = sender.transport();
            DtlsTransportState newDtls = transport == null ? dtls : transport.state();
            if (newDtls != dtls) {
                step("DTLS", LegalStates.DTLS, dtls, newDtls);
                dtls = newDtls;
            }
        }

        private <S> void step(String what, Map<S, Set<S>> legal, S before, S after) {
            Set<S> next = legal.get(before);
            if (next == null || !next.contains(after)) {
                throw new AssertionError(what + " of " + name + " went from " + before + " to " + after + ", seed "
                        + pair.simulator.seed());
            }
        }
    }

    final SimulatedPair pair;
    final Side a;
    final Side b;

    WatchedCall(long seed) {
        this(new SimulatedPair(seed));
    }

    WatchedCall(SimulatedPair pair) {
        this.pair = pair;
        a = new Side("a", pair.a);
        b = new Side("b", pair.b);
    }

    /** A call that stands, whatever the network does later. */
    static WatchedCall connected(long seed) {
        WatchedCall call = new WatchedCall(seed);
        call.connect(Duration.ofSeconds(5));
        call.run(Duration.ofSeconds(1));
        return call;
    }

    void connect(Duration limit) {
        pair.trickle();
        pair.negotiate(pair.a, pair.b);
        require("both are connected", this::works, limit);
    }

    boolean works() {
        return a.connection.connectionState() == ConnectionState.CONNECTED
                && b.connection.connectionState() == ConnectionState.CONNECTED;
    }

    /** Lets time pass, looking at the states after every event. */
    void run(Duration length) {
        runUntil(() -> false, length);
    }

    boolean runUntil(BooleanSupplier condition, Duration limit) {
        return pair.simulator.runUntil(
                () -> {
                    a.look();
                    b.look();
                    return condition.getAsBoolean();
                },
                limit);
    }

    void require(String what, BooleanSupplier condition, Duration limit) {
        pair.simulator.require(
                what,
                () -> {
                    a.look();
                    b.look();
                    return condition.getAsBoolean();
                },
                limit);
    }

    /** Both talk from now on, a frame each 20 ms; the frame's number is its second and third byte. */
    void talk(int frames) {
        for (int i = 0; i < frames; i++) {
            byte[] data = {(byte) 0x78, (byte) (i >> 8), (byte) i};
            pair.simulator.schedule(Duration.ofMillis(20L * i), () -> {
                a.voice.write(EncodedFrame.ofDuration(data, 20_000_000));
                b.voice.write(EncodedFrame.ofDuration(data, 20_000_000));
            });
        }
    }

    /** Cuts or mends the wires of A, both ways. */
    void cut(boolean down) {
        pair.hostA.uplink().down(down);
        pair.hostA.downlink().down(down);
    }

    Simulator simulator() {
        return pair.simulator;
    }

    @Override
    public void close() {
        pair.close();
    }
}

package dev.yodel.sctp;

import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.Time;
import dev.yodel.io.UdpPort;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** An association on a host of the simulator, over UDP: what comes goes in, and each turn is drained at its end. */
final class SimulatedPeer {
    private static final int PORT = 5000;

    final SctpAssociation association;
    private final Loop loop;
    private final LoopTimer timer;
    private final UdpPort port;
    private final InetSocketAddress remote;
    private final Consumer<SctpEvent> owner;
    private final byte[] packet = new byte[2_000];
    private boolean drainDue;
    private Runnable producer = () -> {};

    SimulatedPeer(
            Simulator simulator,
            SimulatedHost host,
            SimulatedHost other,
            SctpOptions options,
            Consumer<SctpEvent> owner) {
        this.association = new SctpAssociation(options, host.random());
        this.loop = host.loop();
        this.owner = owner;
        this.remote = new InetSocketAddress(other.address(), PORT);
        this.port = simulator.onLoop(
                loop,
                () -> loop.openUdp(new InetSocketAddress(host.address(), PORT), datagram -> {
                    association.handlePacket(datagram.data, datagram.offset, datagram.length, loop.now());
                    wantDrain();
                }));
        this.timer = simulator.onLoop(
                loop,
                () -> loop.newTimer(() -> {
                    association.handleTimeout(loop.now());
                    wantDrain();
                }));
    }

    private void wantDrain() {
        if (!drainDue) {
            drainDue = true;
            loop.atEndOfTurn(this::drain);
        }
    }

    /** Is called when room may have come for more messages. */
    void produce(Runnable newProducer) {
        producer = newProducer;
        loop.execute(this::drain);
    }

    void connect() {
        loop.execute(() -> {
            association.connect(loop.now());
            drain();
        });
    }

    long now() {
        return loop.now();
    }

    private void drain() {
        drainDue = false;
        for (SctpEvent event = association.pollEvent(); event != null; event = association.pollEvent()) {
            owner.accept(event);
        }
        producer.run();
        long now = loop.now();
        for (int length = association.pollTransmit(packet, 0, now);
                length > 0;
                length = association.pollTransmit(packet, 0, now)) {
            port.send(packet, 0, length, remote);
        }
        long next = association.nextTimeout();
        timer.set(next == Time.NEVER ? Time.NEVER : Math.max(next, now));
    }
}

package dev.yodel.examples.rooms;

import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One room on a host of a simulated internet, and people on hosts of their own. No socket, no real time. */
final class SimulatedRoom implements AutoCloseable {
    final Simulator simulator;
    final LocalSignalBus bus = new LocalSignalBus();
    final RoomMetrics metrics = new RoomMetrics();
    final Room room;
    final List<SimulatedPerson> people = new ArrayList<>();
    boolean over;
    private final PeerConnectionFactory factory;
    private int hosts;

    SimulatedRoom(long seed) {
        this(seed, RoomLimits.DEFAULT);
    }

    SimulatedRoom(long seed, RoomLimits limits) {
        this(seed, limits, null);
    }

    SimulatedRoom(long seed, RoomLimits limits, @Nullable Path recordings) {
        simulator = Simulator.create(seed);
        final SimulatedHost host = simulator.internet().host("sfu", "10.1.0.1");
        factory = factory(host);
        room = new Room(
                new RoomServices(
                        host,
                        factory,
                        Configuration.DEFAULT,
                        Configuration.DEFAULT,
                        limits,
                        bus,
                        metrics,
                        recordings,
                        new AtomicInteger()),
                "kitchen",
                "room/kitchen/1",
                () -> over = true);
    }

    static PeerConnectionFactory factory(SimulatedHost host) {
        return PeerConnectionFactory.builder()
                .environment(host)
                .dtls(new SimulatedDtls())
                .settings(Settings.DEFAULT)
                .build();
    }

    /** Somebody opens a WebSocket and says who they are. */
    SimulatedPerson join(String name) {
        final SimulatedPerson person = visit();
        person.say("{\"join\":{\"name\":\"" + name + "\"}}");
        return person;
    }

    /** Somebody opens a WebSocket. */
    SimulatedPerson visit() {
        final String number = "1" + (hosts < 10 ? "0" : "") + hosts++;
        final SimulatedPerson person =
                new SimulatedPerson(this, simulator.internet().host(number, "10.2.0." + number), "session/" + number);
        people.add(person);
        return person;
    }

    void run(double seconds) {
        simulator.run(Duration.ofMillis((long) (seconds * 1_000)));
    }

    @Override
    public void close() {
        people.forEach(SimulatedPerson::close);
        room.close();
        run(1);
        factory.close();
        run(1);
        simulator.assertNoLeaks();
        simulator.close();
    }
}

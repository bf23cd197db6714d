package dev.yodel.simulator;

import dev.yodel.io.AddressLiteral;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What does a host name stand for, and how long does the answer take? One table for all hosts. */
final class SimulatedNames {
    static final long USUAL_NANOS = 5_000_000L;
    private static final long DEADLINE_NANOS = 5_000_000_000L;
    private static final Name UNKNOWN = new Name(List.of(), USUAL_NANOS);

    private record Name(List<InetAddress> addresses, long delayNanos) {}

    private final Simulator simulator;
    private final Map<String, Name> names = new HashMap<>();

    SimulatedNames(Simulator simulator) {
        this.simulator = simulator;
    }

    void add(String name, long delayNanos, String... addresses) {
        List<InetAddress> list = new ArrayList<>();
        for (String address : addresses) {
            list.add(Simulator.address(address));
        }
        names.put(name, new Name(List.copyOf(list), delayNanos));
    }

    void resolve(String name, Consumer<List<InetAddress>> answer) {
        InetAddress literal = AddressLiteral.parse(name);
        if (literal != null) {
            answer.accept(List.of(literal));
            return;
        }
        Name found = names.getOrDefault(name, UNKNOWN);
        List<InetAddress> addresses = found.delayNanos <= DEADLINE_NANOS ? found.addresses : List.of();
        simulator.at(simulator.now() + Math.min(found.delayNanos, DEADLINE_NANOS), () -> answer.accept(addresses));
    }
}

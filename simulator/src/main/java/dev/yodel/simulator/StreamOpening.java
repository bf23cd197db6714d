package dev.yodel.simulator;

import java.util.ArrayList;
import java.util.List;

/** A stream on its way to be opened: it notes the wires and NATs that its packets will take. */
final class StreamOpening {
    final SimulatedStream opener;
    final List<Link> path = new ArrayList<>();
    final List<Nat> nats = new ArrayList<>();

    StreamOpening(SimulatedStream opener) {
        this.opener = opener;
    }
}

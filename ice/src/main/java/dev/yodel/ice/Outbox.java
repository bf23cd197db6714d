package dev.yodel.ice;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What an agent has to say: datagrams and events, in order. Bounded by what one turn of the owner feeds in. */
final class Outbox {
    private final ArrayDeque<IceTransmit> transmits = new ArrayDeque<>();
    private final ArrayDeque<IceEvent> events = new ArrayDeque<>();
    private int lastLookupId;

    void send(IceTransmit transmit) {
        transmits.add(transmit);
    }

    void tell(IceEvent event) {
        events.add(event);
    }

    @Nullable
    IceTransmit pollTransmit() {
        return transmits.poll();
    }

    @Nullable
    IceEvent pollEvent() {
        return events.poll();
    }

    /** Asks for a name; returns the look-up's id. */
    int resolve(String name) {
        lastLookupId++;
        tell(new IceEvent.ResolveName(lastLookupId, name));
        return lastLookupId;
    }

    void dropTransmits() {
        transmits.clear();
    }
}

package dev.yodel.examples.rooms;

import dev.yodel.io.Registration;

/**
 * Carries texts between the rooms and those who are in them: a room has an address, and so has each WebSocket. In one
 * process it is a table ({@link LocalSignalBus}); a server that spreads rooms over machines gives one that crosses them,
 * and rooms and WebSockets do not notice. Texts between two addresses keep their order; nothing is kept for an address
 * where nobody listens. Any thread.
 */
public interface SignalBus {
    /** What happened at the sender. */
    enum Kind {
        /** It is there from now on; the text says from which network address. */
        OPENED,
        /** It says something. */
        TEXT,
        /** It is gone. The text is empty. */
        CLOSED
    }

    /**
     * What the bus carries.
     *
     * @param from the sender's address
     * @param kind what happened
     * @param text what is said
     */
    record Envelope(String from, Kind kind, String text) {}

    /** Gets what is sent to an address, one at a time; it must not block. */
    @FunctionalInterface
    interface Listener {
        /**
         * Something came.
         *
         * @param envelope what
         */
        void receive(Envelope envelope);
    }

    /**
     * Sends something.
     *
     * @param to an address
     * @param envelope what
     * @return false if it is known that nobody listens there
     */
    boolean send(String to, Envelope envelope);

    /**
     * Listens at an address.
     *
     * @param address where
     * @param listener who
     * @return ends it
     * @throws IllegalStateException if somebody does already
     */
    Registration listen(String address, Listener listener);
}

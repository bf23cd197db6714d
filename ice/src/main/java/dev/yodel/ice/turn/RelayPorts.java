package dev.yodel.ice.turn;

import dev.yodel.io.Bytes;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which ports do relays get? Picks them at random (RFC 8656 section 7.2), asks for their sockets, tries others where one
 * is taken, and keeps the odd port after an even one for the holder of a token. One thread only.
 */
final class RelayPorts {
    /** What is wanted of one family. */
    enum Kind {
        /** Any port. */
        ANY,
        /** An even port. */
        EVEN,
        /** An even port, and the next one kept. */
        EVEN_AND_NEXT
    }

    /** Hears when there is nothing left to open. */
    @FunctionalInterface
    interface WhenDone {
        void done(Opening opening, long now);
    }

    /** Sockets that are being opened for one allocation, one after the other. */
    static final class Opening {
        final Allocation allocation;
        final WhenDone whenDone;
        private final List<RelayAddress> wanted;
        private final Kind kind;
        /** In the order of what is wanted; null where none could be had. */
        final List<@Nullable Relay> relays = new ArrayList<>(2);

        private @Nullable Relay even;
        private int tries;

        Opening(Allocation allocation, List<RelayAddress> wanted, Kind kind, WhenDone whenDone) {
            this.allocation = allocation;
            this.wanted = List.copyOf(wanted);
            this.kind = kind;
            this.whenDone = whenDone;
        }
    }

    /** A socket that was asked for. */
    private record Pending(Opening opening, Relay relay) {}

    private record Reservation(Relay relay, String account, long expiresAt) {}

    private static final int MOST_TRIES = 16;
    /** RFC 8656 section 7.2: 30 s at least. */
    private static final long RESERVATION_NANOS = 30 * Time.SECOND;

    private final TurnServerOptions options;
    private final Allocations allocations;
    private final ServerOutbox outbox;
    private final RandomSource random;
    private final IntSupplier newSocketId;
    private final Map<Integer, Pending> pending = new HashMap<>();
    private final Map<Long, Reservation> reservations = new HashMap<>();
    /** What is taken already, so that it is not even tried. */
    private final Set<InetSocketAddress> taken = new HashSet<>();

    RelayPorts(
            TurnServerOptions options,
            Allocations allocations,
            ServerOutbox outbox,
            RandomSource random,
            IntSupplier newSocketId) {
        this.options = options;
        this.allocations = allocations;
        this.outbox = outbox;
        this.random = random;
        this.newSocketId = newSocketId;
    }

    /** Asks for the next socket, or tells that all are there. */
    void open(Opening opening, long now) {
        if (opening.relays.size() == opening.wanted.size()) {
            opening.whenDone.done(opening, now);
            return;
        }
        RelayAddress address = opening.wanted.get(opening.relays.size());
        Relay even = opening.even;
        int port = even == null ? pick(address, opening.kind) : even.local.getPort() + 1;
        Relay relay = port == 0 ? null : new Relay(newSocketId.getAsInt(), address, port);
        if (relay == null || !taken.add(relay.local)) {
            tryAgain(opening, now);
            return;
        }
        pending.put(relay.socketId, new Pending(opening, relay));
        outbox.event(new TurnServerEvent.OpenRelay(relay.socketId, relay.local));
    }

    private int pick(RelayAddress address, Kind kind) {
        int count = options.lastPort() - options.firstPort() + 1;
        for (int i = 0; i < MOST_TRIES; i++) {
            int port = options.firstPort() + random.nextInt(count);
            if (kind != Kind.ANY) {
                port &= ~1;
            }
            boolean inRange =
                    port >= options.firstPort() && port + (kind == Kind.EVEN_AND_NEXT ? 1 : 0) <= options.lastPort();
            if (inRange && !taken.contains(new InetSocketAddress(address.local(), port))) {
                return port;
            }
        }
        return 0;
    }

    private void tryAgain(Opening opening, long now) {
        Relay even = opening.even;
        opening.even = null;
        if (even != null) {
            close(even);
        }
        if (++opening.tries < MOST_TRIES) {
            open(opening, now);
            return;
        }
        opening.relays.add(null);
        opening.tries = 0;
        open(opening, now);
    }

    /** A relay's socket is open. */
    void handleOpened(int socketId, InetSocketAddress local, long now) {
        Pending asked = pending.remove(socketId);
        if (asked == null) {
            // Nobody waits any more.
            outbox.event(new TurnServerEvent.CloseRelay(socketId));
            return;
        }
        Opening opening = asked.opening();
        Relay relay = asked.relay();
        taken.remove(relay.local);
        relay.open = true;
        relay.local = local;
        relay.advertised = new InetSocketAddress(relay.address.advertised(), local.getPort());
        taken.add(local);
        if (opening.kind == Kind.EVEN_AND_NEXT && opening.even == null) {
            opening.even = relay;
            open(opening, now);
            return;
        }
        Relay even = opening.even;
        opening.even = null;
        if (even != null) {
            keep(opening.allocation, relay, now);
        }
        opening.relays.add(even == null ? relay : even);
        opening.tries = 0;
        open(opening, now);
    }

    /** A relay's socket cannot be had, or the port is taken by somebody else. */
    void handleRefused(int socketId, long now) {
        Pending asked = pending.remove(socketId);
        if (asked != null) {
            taken.remove(asked.relay().local);
            tryAgain(asked.opening(), now);
        }
    }

    private void keep(Allocation allocation, Relay relay, long now) {
        byte[] token = random.bytes(8);
        allocation.reservationToken = token;
        reservations.put(Bytes.i64(token, 0), new Reservation(relay, allocation.account, now + RESERVATION_NANOS));
        allocations.reserve(allocation.account, 1);
    }

    /** The relay that was kept under a token: of the same account only, and only once. */
    @Nullable
    Relay claim(long token, String account) {
        Reservation reservation = reservations.get(token);
        if (reservation == null || !reservation.account().equals(account)) {
            return null;
        }
        reservations.remove(token);
        allocations.reserve(account, -1);
        return reservation.relay();
    }

    /** Forgets whoever waits for sockets no more; what is opened yet is closed then. */
    void cancel(Allocation allocation) {
        List<Pending> cancelled = new ArrayList<>();
        pending.values().removeIf(asked -> asked.opening().allocation == allocation && cancelled.add(asked));
        for (Pending asked : cancelled) {
            taken.remove(asked.relay().local);
            Relay even = asked.opening().even;
            if (even != null) {
                close(even);
            }
            for (Relay finished : asked.opening().relays) {
                if (finished != null) {
                    close(finished);
                }
            }
        }
    }

    /** Gives a relay's port back. */
    void close(Relay relay) {
        taken.remove(relay.local);
        outbox.event(new TurnServerEvent.CloseRelay(relay.socketId));
    }

    void handleTimeout(long now) {
        List<Map.Entry<Long, Reservation>> ended = new ArrayList<>();
        for (Map.Entry<Long, Reservation> entry : reservations.entrySet()) {
            if (entry.getValue().expiresAt() <= now) {
                ended.add(entry);
            }
        }
        for (Map.Entry<Long, Reservation> entry : ended) {
            reservations.remove(entry.getKey());
            allocations.reserve(entry.getValue().account(), -1);
            close(entry.getValue().relay());
        }
    }

    long nextTimeout() {
        long next = Time.NEVER;
        for (Reservation reservation : reservations.values()) {
            next = Math.min(next, reservation.expiresAt());
        }
        return next;
    }

    int reservedCount() {
        return reservations.size();
    }

    int openingCount() {
        return pending.size();
    }
}

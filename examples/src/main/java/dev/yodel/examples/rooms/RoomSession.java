package dev.yodel.examples.rooms;

import dev.yodel.examples.rooms.SignalBus.Envelope;
import dev.yodel.examples.rooms.SignalBus.Kind;
import dev.yodel.examples.web.TextConnection;
import dev.yodel.examples.web.TextHandler;
import dev.yodel.io.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket: hands what comes to a room by the bus, and what comes for it by the bus to the peer. It knows no more of
 * the room than its address. Whoever talks too much, or sends what is too large, is cut off.
 */
final class RoomSession implements TextHandler {
    private static final int NORMAL = 1000;
    private static final int TRY_AGAIN_LATER = 1013;
    private static final int MAX_REASON = 100;
    /** What is kept until the room answers for the first time. */
    private static final int MAX_UNHEARD = 4;

    private final SignalBus bus;
    private final RoomDirectory directory;
    private final String room;
    private final String from;
    private final String address;
    private final LongSupplier clock;
    private final BooleanSupplier draining;
    private final Runnable onClosed;
    private final TokenBucket messages;
    private @Nullable Registration listening;
    private volatile @Nullable TextConnection connection;

    // Guarded by this.
    private final List<String> unheard = new ArrayList<>();
    private @Nullable String roomAddress;
    private boolean heard;
    private boolean closed;

    /**
     * A WebSocket that is about to open.
     *
     * @param bus where rooms are reached
     * @param directory where their addresses are
     * @param room its name
     * @param from the peer's network address
     * @param address ours on the bus
     * @param clock nanoseconds
     * @param draining whether no room is opened any more; who was in one may come back to it
     * @param onClosed called once
     */
    RoomSession(
            SignalBus bus,
            RoomDirectory directory,
            String room,
            String from,
            String address,
            LongSupplier clock,
            BooleanSupplier draining,
            Runnable onClosed) {
        this.bus = bus;
        this.directory = directory;
        this.room = room;
        this.from = from;
        this.address = address;
        this.clock = clock;
        this.draining = draining;
        this.onClosed = onClosed;
        this.messages = new TokenBucket(200, 50, clock.getAsLong());
    }

    @Override
    public void onOpen(TextConnection opened) {
        connection = opened;
        listening = bus.listen(address, this::receive);
        enter();
    }

    private void receive(SignalBus.Envelope envelope) {
        final TextConnection open = connection;
        if (open == null) {
            return;
        }
        if (envelope.kind() == Kind.TEXT) {
            synchronized (this) {
                heard = true;
                unheard.clear();
            }
            open.send(envelope.text());
        } else if (envelope.kind() == Kind.CLOSED && envelope.text().equals(Room.OVER)) {
            enter();
        } else if (envelope.kind() == Kind.CLOSED) {
            final String text = envelope.text();
            final boolean later = text.equals("draining") || text.equals("room-full");
            open.close(later ? TRY_AGAIN_LATER : NORMAL, text.substring(0, Math.min(MAX_REASON, text.length())));
        }
    }

    /** Finds the room. One that ends at the very moment in which somebody comes is followed by another of its name. */
    private synchronized void enter() {
        roomAddress = null;
        for (int attempt = 0; attempt < 3 && roomAddress == null && !closed; attempt++) {
            final String found = draining.getAsBoolean() ? directory.find(room) : directory.open(room);
            if (found == null) {
                break;
            }
            if (bus.send(found, new Envelope(address, Kind.OPENED, from))) {
                roomAddress = found;
                unheard.forEach(text -> bus.send(found, new Envelope(address, Kind.TEXT, text)));
            } else {
                // It has just ended and has not told the directory yet.
                directory.closed(room, found);
            }
        }
        final TextConnection open = connection;
        if (roomAddress == null && open != null && !closed) {
            final String code = draining.getAsBoolean() ? "draining" : "server-full";
            final String words = draining.getAsBoolean()
                    ? "this server is about to stop; try again in a minute"
                    : "no further room can be opened here; try again later";
            open.send(RoomMessage.error(code, words));
            open.close(TRY_AGAIN_LATER, code);
        }
    }

    private synchronized void say(Kind kind, String text) {
        final String to = roomAddress;
        if (to != null) {
            if (!heard && kind == Kind.TEXT && unheard.size() < MAX_UNHEARD) {
                unheard.add(text);
            }
            bus.send(to, new Envelope(address, kind, text));
        }
    }

    @Override
    public void onText(String text) {
        if (!messages.take(clock.getAsLong())) {
            cut("too-fast", "slow down");
        } else if (text.length() > RoomMessage.MAX_SDP) {
            onTooLarge();
        } else {
            say(Kind.TEXT, text);
        }
    }

    private void cut(String code, String words) {
        final String ours = address;
        bus.send(ours, new Envelope(ours, Kind.TEXT, RoomMessage.error(code, words)));
        bus.send(ours, new Envelope(ours, Kind.CLOSED, code));
        leave();
    }

    private synchronized void leave() {
        say(Kind.CLOSED, "");
        roomAddress = null;
        closed = true;
    }

    @Override
    public void onTooLarge() {
        cut("too-large", "a message has at most " + RoomMessage.MAX_SDP + " characters");
    }

    @Override
    public void onBinary() {
        cut("unknown-message", "messages are text");
    }

    @Override
    public void onClosed() {
        final Registration open = listening;
        if (open != null) {
            open.close();
        }
        leave();
        onClosed.run();
    }
}

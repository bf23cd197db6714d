package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Bytes;
import dev.yodel.io.Loop;
import dev.yodel.rtp.ReceivedPacket;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The way of relayed packets from one loop to another: each is copied once however many subscribers there are over
 * there, and each of these gets a view of its own of the copy, with its numbers. It chooses no layers and sends
 * nothing.
 *
 * <p>Bounded: {@link #MOST_COPIES} packets and {@link #MOST_ENTRIES} views are under way at most; what comes beyond
 * is refused, the newest first, and counted by who offers it. Copies and views are made when they are needed and used
 * again, so in a steady state nothing is allocated. One loop offers, the other takes; there are no locks. The other
 * loop is told at the end of the turn, or when {@link #TOGETHER} views wait, and takes {@link #AT_ONCE} before its
 * sockets have their turn.
 */
public final class LoopCrossing {
    /** Who gets packets on the other side. */
    @FunctionalInterface
    public interface Destination {
        /**
         * A packet arrived, on the loop that the way leads to.
         *
         * @param packet a view of bytes that are borrowed for the call
         */
        void relay(ReceivedPacket packet);
    }

    /** Copies under way: a burst of two seconds at 4 Mbit/s. */
    static final int MOST_COPIES = 1_024;

    /** Views under way. */
    static final int MOST_ENTRIES = 8_192;

    /** Bytes of a packet; no stream sends on what is longer. */
    static final int MOST_BYTES = 2_048;

    private static final int TOGETHER = 32;
    private static final int AT_ONCE = 256;
    private static final int LEAST_COPY = 1_280;

    /** The bytes of one packet. */
    private static final class Copy {
        byte[] data = Bytes.EMPTY;
    }

    /** One subscriber's view of them. */
    private static final class Entry {
        final ReceivedPacket packet = new ReceivedPacket();

        @Nullable
        Destination to;

        @Nullable
        Copy copy;
    }

    private final Loop to;
    private final HandOver<Entry> entries = new HandOver<>(MOST_ENTRIES);
    private final HandOver<Entry> freeEntries = new HandOver<>(MOST_ENTRIES);
    private final HandOver<Copy> freeCopies = new HandOver<>(MOST_COPIES);
    /** Whether the other loop was told and has not begun to take. */
    private final AtomicBoolean told = new AtomicBoolean();

    private final Runnable arrive = this::arrive;
    private volatile boolean closed;

    // Of the loop that offers.
    private final Runnable endOfTurn = this::endOfTurn;
    private boolean endOfTurnAsked;
    private @Nullable Entry spare;
    private int entriesMade;
    private int copiesMade;
    private int waiting;
    private @Nullable PacketArrival arrival;
    private long arrivalNumber;
    private @Nullable Copy copy;

    // Of the loop that takes.
    private @Nullable Copy last;

    /**
     * A way for the packets of one other loop.
     *
     * @param to where it leads
     */
    public LoopCrossing(Loop to) {
        this.to = to;
    }

    /**
     * Sends a packet over, on the loop where it came.
     *
     * @param from which arrival it is: views of the same one share a copy
     * @param destination who gets it
     * @param packet borrowed for the call
     * @return false if it is refused, because too much is under way, it is too long, or the other loop is closed
     */
    public boolean offer(PacketArrival from, Destination destination, ReceivedPacket packet) {
        if (closed || packet.packetLength > MOST_BYTES) {
            return false;
        }
        Entry entry = freeEntry();
        if (entry == null) {
            return false;
        }
        Copy bytes = copyOf(from, packet);
        if (bytes == null) {
            spare = entry;
            return false;
        }
        ReceivedPacket view = entry.packet;
        packet.copyTo(view);
        view.data = bytes.data;
        view.packetOffset = 0;
        view.payloadOffset = packet.payloadOffset - packet.packetOffset;
        entry.to = destination;
        entry.copy = bytes;
        entries.add(entry);
        if (!endOfTurnAsked) {
            endOfTurnAsked = true;
            from.loop().atEndOfTurn(endOfTurn);
        }
        if (++waiting >= TOGETHER) {
            publish();
        }
        return true;
    }

    private @Nullable Entry freeEntry() {
        Entry entry = spare;
        if (entry != null) {
            spare = null;
            return entry;
        }
        entry = freeEntries.poll();
        if (entry == null && entriesMade < MOST_ENTRIES) {
            entriesMade++;
            entry = new Entry();
        }
        return entry;
    }

    private @Nullable Copy copyOf(PacketArrival from, ReceivedPacket packet) {
        if (copy != null && from == arrival && from.number() == arrivalNumber) {
            return copy;
        }
        Copy fresh = freeCopies.poll();
        if (fresh == null) {
            if (copiesMade == MOST_COPIES) {
                return null;
            }
            copiesMade++;
            fresh = new Copy();
        }
        if (fresh.data.length < packet.packetLength) {
            fresh.data = new byte[Math.max(LEAST_COPY, packet.packetLength)];
        }
        System.arraycopy(packet.data, packet.packetOffset, fresh.data, 0, packet.packetLength);
        arrival = from;
        arrivalNumber = from.number();
        copy = fresh;
        return fresh;
    }

    private void endOfTurn() {
        endOfTurnAsked = false;
        // Nothing of the source is held on to.
        arrival = null;
        copy = null;
        publish();
    }

    private void publish() {
        waiting = 0;
        entries.publish();
        tell();
    }

    /** Any of the two loops. */
    private void tell() {
        if (!told.get() && told.compareAndSet(false, true)) {
            try {
                to.execute(arrive);
            } catch (RejectedExecutionException over) {
                closed = true;
            }
        }
    }

    private void arrive() {
        // First this, then the look at what is there: either it is seen now, or this is called again.
        told.set(false);
        try {
            for (int i = 0; i < AT_ONCE; i++) {
                Entry entry = entries.poll();
                if (entry == null) {
                    break;
                }
                arrive(entry);
            }
        } finally {
            freeEntries.publish();
            freeCopies.publish();
            if (!entries.isEmpty()) {
                tell();
            }
        }
    }

    private void arrive(Entry entry) {
        Destination destination = entry.to;
        Copy bytes = entry.copy;
        if (bytes != last) {
            // They come in order: the copy before this one is needed no more.
            if (last != null) {
                freeCopies.add(last);
            }
            last = bytes;
        }
        try {
            if (destination != null) {
                destination.relay(entry.packet);
            }
        } finally {
            entry.to = null;
            entry.copy = null;
            freeEntries.add(entry);
        }
    }

    /** Copies and views made so far: constant in a steady state. */
    int made() {
        return copiesMade + entriesMade;
    }
}

package dev.yodel.webrtc.internal.transport;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a channel's user has sent and the transport has not taken yet, and how many bytes that is. It wakes nobody. Any
 * thread.
 */
final class Outbox {
    /** What a waiting message costs beside its bytes. */
    static final int MESSAGE_OVERHEAD_BYTES = 64;

    /**
     * One message, or the wish to close behind all messages.
     *
     * @param text whether the bytes are a text in UTF-8
     * @param data the message; null for the wish to close
     * @param taken told whether the transport got it; null if nobody wants to know
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Item(boolean text, byte @Nullable [] data, @Nullable Consumer<Boolean> taken) {
        int charge() {
            return data == null ? 0 : data.length + MESSAGE_OVERHEAD_BYTES;
        }
    }

    private final long maxBytes;
    private final ArrayDeque<Item> items = new ArrayDeque<>(2);
    private long acceptedBytes;
    private long overheadBytes;
    private boolean shut;
    /** Written by the loop. */
    private volatile long transmittedBytes;

    Outbox(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Puts a message at the end; false if there is no room, or if it was shut. */
    boolean add(Item item) {
        int charge = item.charge();
        synchronized (items) {
            long waiting = acceptedBytes - transmittedBytes + overheadBytes;
            if (shut || (waiting > 0 && waiting + charge > maxBytes)) {
                return false;
            }
            acceptedBytes += charge - MESSAGE_OVERHEAD_BYTES;
            overheadBytes += MESSAGE_OVERHEAD_BYTES;
            items.add(item);
            return true;
        }
    }

    /** Puts the wish to close at the end. */
    void addClose() {
        synchronized (items) {
            items.add(new Item(false, null, null));
        }
    }

    /** The next item; null if there is none. */
    @Nullable
    Item poll() {
        synchronized (items) {
            Item item = items.poll();
            if (item != null && item.data != null) {
                overheadBytes -= MESSAGE_OVERHEAD_BYTES;
            }
            return item;
        }
    }

    /** Puts a message back that found no room. */
    void putBack(Item item) {
        synchronized (items) {
            overheadBytes += MESSAGE_OVERHEAD_BYTES;
            items.addFirst(item);
        }
    }

    boolean isEmpty() {
        synchronized (items) {
            return items.isEmpty();
        }
    }

    boolean isShut() {
        synchronized (items) {
            return shut;
        }
    }

    /** Takes nothing from now on; what had waited. */
    List<Item> shut() {
        synchronized (items) {
            shut = true;
            List<Item> left = new ArrayList<>(items);
            items.clear();
            overheadBytes = 0;
            return left;
        }
    }

    /** All bytes that were ever accepted. */
    long acceptedBytes() {
        synchronized (items) {
            return acceptedBytes;
        }
    }

    /** Those of them that went to the network once. */
    long transmittedBytes() {
        return transmittedBytes;
    }

    /** By the loop. */
    void transmittedBytes(long total) {
        transmittedBytes = total;
    }
}

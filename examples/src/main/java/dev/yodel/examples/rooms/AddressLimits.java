package dev.yodel.examples.rooms;

import java.util.HashMap;
import java.util.Map;

/**
 * How many WebSockets has one network address, and how fast does it open them? What is refused costs a table look-up. It
 * remembers at most {@link #MAX_ADDRESSES} addresses; when more come at a time, new ones are refused until old ones have
 * been quiet. Any thread.
 */
final class AddressLimits {
    static final int MAX_ADDRESSES = 20_000;

    private static final class Entry {
        private final TokenBucket joins;
        private int open;

        Entry(RoomLimits limits, long now) {
            joins = new TokenBucket(4.0 * limits.joinsPerSecond(), limits.joinsPerSecond(), now);
        }
    }

    private final RoomLimits limits;
    private final Map<String, Entry> entries = new HashMap<>();

    AddressLimits(RoomLimits limits) {
        this.limits = limits;
    }

    /** One more; false if it is one too many. */
    synchronized boolean enter(String address, long now) {
        Entry entry = entries.get(address);
        if (entry == null) {
            if (entries.size() >= MAX_ADDRESSES) {
                entries.values().removeIf(old -> old.open == 0 && old.joins.full(now));
            }
            if (entries.size() >= MAX_ADDRESSES) {
                return false;
            }
            entry = new Entry(limits, now);
            entries.put(address, entry);
        }
        if (entry.open >= limits.perAddress() || !entry.joins.take(now)) {
            return false;
        }
        entry.open++;
        return true;
    }

    synchronized void leave(String address, long now) {
        final Entry entry = entries.get(address);
        if (entry != null) {
            entry.open--;
            if (entry.open == 0 && entry.joins.full(now)) {
                entries.remove(address);
            }
        }
    }

    synchronized int addresses() {
        return entries.size();
    }
}

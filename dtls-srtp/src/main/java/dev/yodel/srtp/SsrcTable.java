package dev.yodel.srtp;

import org.jspecify.annotations.Nullable;

/**
 * Contexts by SSRC without boxing: open addressing with linear probing. It holds at most {@link #CAP}; the owner decides
 * whether the one above replaces the entry that was silent longest or is refused. Not thread-safe.
 *
 * @param <E> the kind of context
 */
final class SsrcTable<E extends SsrcTable.Entry> {
    /** The most SSRCs of one direction. */
    static final int CAP = 1024;

    /** One context. */
    abstract static class Entry {
        final int ssrc;
        private long lastUse;

        Entry(int ssrc) {
            this.ssrc = ssrc;
        }
    }

    private @Nullable Entry[] slots = new @Nullable Entry[16];
    private int size;
    private long uses;
    private @Nullable E latest;

    int size() {
        return size;
    }

    boolean isFull() {
        return size == CAP;
    }

    /** The context of an SSRC or null; changes nothing that matters. */
    @Nullable
    E find(int ssrc) {
        E cached = latest;
        if (cached != null && cached.ssrc == ssrc) {
            return cached;
        }
        for (int at = home(ssrc, slots.length); ; at = at + 1 & slots.length - 1) {
            Entry entry = slots[at];
            if (entry == null) {
                return null;
            }
            if (entry.ssrc == ssrc) {
                @SuppressWarnings("unchecked") // only add() stores entries
                E found = (E) entry;
                return found;
            }
        }
    }

    /** Notes that an authenticated packet used a context of this table. */
    @SuppressWarnings("ReferenceEquality") // meant: whether there is anything to write
    void touch(E entry) {
        ((Entry) entry).lastUse = ++uses;
        if (latest != entry) {
            latest = entry;
        }
    }

    /** Adds a context that is not in the table; when full, the one that was silent longest goes. */
    void add(E entry) {
        if (size == CAP) {
            removeEldest();
        } else if (size * 2 >= slots.length) {
            @Nullable Entry[] old = slots;
            slots = new @Nullable Entry[old.length * 2];
            for (Entry moved : old) {
                if (moved != null) {
                    put(moved);
                }
            }
        }
        put(entry);
        size++;
        touch(entry);
    }

    private void put(Entry entry) {
        int at = home(entry.ssrc, slots.length);
        while (slots[at] != null) {
            at = at + 1 & slots.length - 1;
        }
        slots[at] = entry;
    }

    private void removeEldest() {
        int eldest = -1;
        long use = Long.MAX_VALUE;
        for (int i = 0; i < slots.length; i++) {
            Entry entry = slots[i];
            if (entry != null && entry.lastUse < use) {
                eldest = i;
                use = entry.lastUse;
            }
        }
        removeAt(eldest);
        size--;
        latest = null;
    }

    /** Closes the gap, so that every entry stays reachable from its home. */
    private void removeAt(int gap) {
        int mask = slots.length - 1;
        slots[gap] = null;
        for (int at = gap + 1 & mask; ; at = at + 1 & mask) {
            Entry entry = slots[at];
            if (entry == null) {
                return;
            }
            int distance = at - home(entry.ssrc, slots.length) & mask;
            if (distance >= (at - gap & mask)) {
                slots[gap] = entry;
                slots[at] = null;
                gap = at;
            }
        }
    }

    private static int home(int ssrc, int length) {
        return (ssrc * 0x9e3779b9) >>> 16 & length - 1;
    }
}

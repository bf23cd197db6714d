package dev.yodel.io.loop;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to a remote address and port, and who is called? A hash table that is looked into for every datagram: the
 * bits of an address stand in one array, and what belongs to it side by side in another, so that a look-up touches two lines
 * of memory and not a chain of objects, which with a thousand addresses are all out of the cache. One thread only.
 *
 * @param <V> what belongs to an address
 * @param <H> who is called
 */
final class AddressTable<V, H> {
    private static final int FIRST_CAPACITY = 16;
    /** The address, the value, who is called, and nothing, so that a line of memory holds four addresses whole. */
    private static final int STRIDE = 4;

    /** Chosen anew for each table, so that nobody can choose addresses that fall on one place. */
    private final long salt = ThreadLocalRandom.current().nextLong();
    /** The address and port; for IPv6 a hash of them. */
    private long[] keys = new long[FIRST_CAPACITY];

    /** Null where there is nothing. */
    private @Nullable Object[] slots = new Object[STRIDE * FIRST_CAPACITY];

    private int size;

    int size() {
        return size;
    }

    /** The place of an address until the table changes; -1 if it is not there. */
    int find(InetSocketAddress address) {
        return find(address, key(address));
    }

    private int find(InetSocketAddress address, long key) {
        int mask = keys.length - 1;
        for (int at = home(key); slots[STRIDE * at] != null; at = (at + 1) & mask) {
            if (keys[at] == key && (isExact(key) || address.equals(slots[STRIDE * at]))) {
                return at;
            }
        }
        return -1;
    }

    /** The address at a place that {@link #find} has returned: the object that was put there. */
    @SuppressWarnings("NullAway") // a place that was found is taken
    InetSocketAddress addressAt(int place) {
        return (InetSocketAddress) slots[STRIDE * place];
    }

    /** What is at a place that {@link #find} has returned. */
    @SuppressWarnings({"unchecked", "NullAway"}) // only values of V are put there, and a place that was found is taken
    V valueAt(int place) {
        return (V) slots[STRIDE * place + 1];
    }

    /** Who is called at a place that {@link #find} has returned. */
    @SuppressWarnings({"unchecked", "NullAway"}) // the same
    H handlerAt(int place) {
        return (H) slots[STRIDE * place + 2];
    }

    /** Puts a value; returns the one before it. */
    @Nullable
    V put(InetSocketAddress address, V value, H handler) {
        long key = key(address);
        int place = find(address, key);
        if (place >= 0) {
            V before = valueAt(place);
            slots[STRIDE * place + 1] = value;
            slots[STRIDE * place + 2] = handler;
            return before;
        }
        if (2 * (size + 1) > keys.length) {
            grow();
        }
        size++;
        int at = emptyFrom(key);
        keys[at] = key;
        slots[STRIDE * at] = address;
        slots[STRIDE * at + 1] = value;
        slots[STRIDE * at + 2] = handler;
        return null;
    }

    private int emptyFrom(long key) {
        int mask = keys.length - 1;
        int at = home(key);
        while (slots[STRIDE * at] != null) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldKeys = keys;
        @Nullable Object[] oldSlots = slots;
        keys = new long[2 * oldKeys.length];
        slots = new Object[STRIDE * keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldSlots[STRIDE * i] != null) {
                int at = emptyFrom(oldKeys[i]);
                keys[at] = oldKeys[i];
                System.arraycopy(oldSlots, STRIDE * i, slots, STRIDE * at, STRIDE);
            }
        }
    }

    /** Forgets an address; returns what belonged to it. */
    @Nullable
    V remove(InetSocketAddress address) {
        int hole = find(address);
        if (hole < 0) {
            return null;
        }
        V removed = valueAt(hole);
        size--;
        int mask = keys.length - 1;
        // What was pushed on by a neighbour moves back, so that no look-up ends at the hole.
        for (int at = (hole + 1) & mask; slots[STRIDE * at] != null; at = (at + 1) & mask) {
            if (((at - home(keys[at])) & mask) >= ((at - hole) & mask)) {
                keys[hole] = keys[at];
                System.arraycopy(slots, STRIDE * at, slots, STRIDE * hole, STRIDE);
                hole = at;
            }
        }
        Arrays.fill(slots, STRIDE * hole, STRIDE * (hole + 1), null);
        return removed;
    }

    private int home(long key) {
        return (int) mix((key ^ salt) * 0x9E3779B97F4A7C15L) & (keys.length - 1);
    }

    /** Whether the key says everything, as that of an IPv4 address does. */
    private static boolean isExact(long key) {
        return key >= 0;
    }

    private long key(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        if (ip instanceof Inet4Address) {
            byte[] bytes = ip.getAddress();
            return (bytes[0] & 0xFFL) << 40
                    | (bytes[1] & 0xFFL) << 32
                    | (bytes[2] & 0xFFL) << 24
                    | (bytes[3] & 0xFFL) << 16
                    | address.getPort();
        }
        byte[] bytes = ip.getAddress();
        long hash = salt + address.getPort();
        for (int i = 0; i < bytes.length; i++) {
            hash = hash * 0x9E3779B97F4A7C15L + bytes[i];
        }
        return Long.MIN_VALUE | mix(hash);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 32)) * 0xD6E8FEB86659FD93L;
        return mixed ^ (mixed >>> 32);
    }
}

package dev.yodel.io.loop;

import dev.yodel.io.Bytes;
import dev.yodel.io.UdpPort;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Who is called for a datagram from a remote address and port, and what else belongs to it? A hash table that is looked into
 * for every datagram: the bits of the addresses stand in one array, and who is called in another, both as dense as can be,
 * because with a thousand addresses each line of memory that a look-up touches is out of the cache, and each object that it
 * follows is one more. What else belongs to an address stands apart and is not touched. One thread only.
 *
 * @param <V> what else belongs to an address
 */
final class AddressTable<V> {
    private static final int FIRST_CAPACITY = 16;
    /** What only an address of IPv6 has. */
    private static final long IPV6 = Long.MIN_VALUE;

    private static final int WIDE = 2;

    /** Chosen anew for each table, so that nobody can choose addresses that fall on one place. */
    private final long salt = ThreadLocalRandom.current().nextLong();
    /**
     * Of each place an IPv4 address and the port; of an IPv6 address a hash and the port, and behind it, once there is any, its
     * two halves: they are looked at together.
     */
    private long[] keys = new long[FIRST_CAPACITY];

    /** How far apart places are in the keys, as a power of two: 0, and {@link #WIDE} once there is an IPv6 address. */
    private int shift;
    /** Null where there is nothing. A typed array: an element of another would be looked into only to see what it is. */
    private UdpPort.@Nullable Handler[] handlers = new UdpPort.Handler[FIRST_CAPACITY];

    private @Nullable Object[] values = new Object[FIRST_CAPACITY];
    private int size;
    /** How often anything was put or removed. */
    private int changes;

    int size() {
        return size;
    }

    /** Goes up whenever places may have changed. */
    int changes() {
        return changes;
    }

    /** The place of an address until the table changes; -1 if it is not there. */
    int find(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        byte[] bytes = ip.getAddress();
        if (ip instanceof Inet4Address) {
            return find(key(bytes, address.getPort()));
        }
        long high = Bytes.i64(bytes, 0);
        long low = Bytes.i64(bytes, 8);
        return find(key(high, low, address.getPort()), high, low);
    }

    private int find(long key) {
        long[] in = keys;
        int mask = handlers.length - 1;
        for (int at = home(key, mask); handlers[at] != null; at = (at + 1) & mask) {
            if (in[at << shift] == key) {
                return at;
            }
        }
        return -1;
    }

    private int find(long key, long high, long low) {
        if (shift == 0) {
            return -1;
        }
        long[] in = keys;
        int mask = handlers.length - 1;
        for (int at = home(key, mask); handlers[at] != null; at = (at + 1) & mask) {
            int first = at << WIDE;
            if (in[first] == key && in[first + 1] == high && in[first + 2] == low) {
                return at;
            }
        }
        return -1;
    }

    /** Who is called at a place that {@link #find} has returned. */
    @SuppressWarnings("NullAway") // a place that was found is taken
    UdpPort.Handler handlerAt(int place) {
        return handlers[place];
    }

    /** What else is at a place that {@link #find} has returned. */
    @SuppressWarnings({"unchecked", "NullAway"}) // only values of V are put there, and a place that was found is taken
    V valueAt(int place) {
        return (V) values[place];
    }

    /** Puts who is called and what else there is; returns the value before it. */
    @Nullable
    V put(InetSocketAddress address, V value, UdpPort.Handler handler) {
        changes++;
        int place = find(address);
        if (place >= 0) {
            V before = valueAt(place);
            values[place] = value;
            handlers[place] = handler;
            return before;
        }
        InetAddress ip = address.getAddress();
        boolean four = ip instanceof Inet4Address;
        if (2 * (size + 1) > handlers.length || (!four && shift == 0)) {
            rebuild(2 * (size + 1) > handlers.length ? 2 * handlers.length : handlers.length, four ? shift : WIDE);
        }
        size++;
        byte[] bytes = ip.getAddress();
        if (four) {
            long key = key(bytes, address.getPort());
            set(emptyFrom(key), key, 0, 0, value, handler);
        } else {
            long high = Bytes.i64(bytes, 0);
            long low = Bytes.i64(bytes, 8);
            long key = key(high, low, address.getPort());
            set(emptyFrom(key), key, high, low, value, handler);
        }
        return null;
    }

    private void set(int at, long key, long high, long low, @Nullable Object value, UdpPort.@Nullable Handler handler) {
        keys[at << shift] = key;
        if (shift == WIDE) {
            keys[(at << WIDE) + 1] = high;
            keys[(at << WIDE) + 2] = low;
        }
        values[at] = value;
        handlers[at] = handler;
    }

    private int emptyFrom(long key) {
        int mask = handlers.length - 1;
        int at = home(key, mask);
        while (handlers[at] != null) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void rebuild(int capacity, int newShift) {
        long[] oldKeys = keys;
        int oldShift = shift;
        UdpPort.@Nullable Handler[] oldHandlers = handlers;
        @Nullable Object[] oldValues = values;
        shift = newShift;
        keys = new long[capacity << newShift];
        handlers = new UdpPort.Handler[capacity];
        values = new Object[capacity];
        for (int i = 0; i < oldHandlers.length; i++) {
            if (oldHandlers[i] != null) {
                int from = i << oldShift;
                boolean halves = oldShift == WIDE;
                set(
                        emptyFrom(oldKeys[from]),
                        oldKeys[from],
                        halves ? oldKeys[from + 1] : 0,
                        halves ? oldKeys[from + 2] : 0,
                        oldValues[i],
                        oldHandlers[i]);
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
        changes++;
        size--;
        int mask = handlers.length - 1;
        // What was pushed on by a neighbour moves back, so that no look-up ends at the hole.
        for (int at = (hole + 1) & mask; handlers[at] != null; at = (at + 1) & mask) {
            int from = at << shift;
            if (((at - home(keys[from], mask)) & mask) >= ((at - hole) & mask)) {
                System.arraycopy(keys, from, keys, hole << shift, 1 << shift);
                values[hole] = values[at];
                handlers[hole] = handlers[at];
                hole = at;
            }
        }
        set(hole, 0, 0, 0, null, null);
        return removed;
    }

    private int home(long key, int mask) {
        return (int) mix((key ^ salt) * 0x9E3779B97F4A7C15L) & mask;
    }

    private static long key(byte[] ipv4, int port) {
        return Bytes.u32(ipv4, 0) << 16 | port;
    }

    private long key(long high, long low, int port) {
        long hash = mix(mix(high ^ salt) * 0x9E3779B97F4A7C15L + low);
        return IPV6 | hash << 16 | port;
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 32)) * 0xD6E8FEB86659FD93L;
        return mixed ^ (mixed >>> 32);
    }
}

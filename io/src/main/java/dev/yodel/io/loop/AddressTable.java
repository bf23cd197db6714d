package dev.yodel.io.loop;

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

    private static final long[] NONE = {};

    /** Chosen anew for each table, so that nobody can choose addresses that fall on one place. */
    private final long salt = ThreadLocalRandom.current().nextLong();
    /** An IPv4 address and the port; of an IPv6 address a hash and the port. */
    private long[] keys = new long[FIRST_CAPACITY];
    /** Null where there is nothing. A typed array: an element of another would be looked into only to see what it is. */
    private UdpPort.@Nullable Handler[] handlers = new UdpPort.Handler[FIRST_CAPACITY];

    private @Nullable Object[] values = new Object[FIRST_CAPACITY];
    /** The two halves of each IPv6 address; empty until there is one. */
    private long[] wide = NONE;

    private int size;

    int size() {
        return size;
    }

    /** The place of an address until the table changes; -1 if it is not there. */
    int find(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        byte[] bytes = ip.getAddress();
        if (ip instanceof Inet4Address) {
            return find(key(bytes, address.getPort()));
        }
        long high = half(bytes, 0);
        long low = half(bytes, 8);
        return find(key(high, low, address.getPort()), high, low);
    }

    private int find(long key) {
        long[] in = keys;
        int mask = in.length - 1;
        for (int at = home(key, mask); handlers[at] != null; at = (at + 1) & mask) {
            if (in[at] == key) {
                return at;
            }
        }
        return -1;
    }

    private int find(long key, long high, long low) {
        int mask = keys.length - 1;
        for (int at = home(key, mask); handlers[at] != null; at = (at + 1) & mask) {
            if (keys[at] == key && wide[2 * at] == high && wide[2 * at + 1] == low) {
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
        int place = find(address);
        if (place >= 0) {
            V before = valueAt(place);
            values[place] = value;
            handlers[place] = handler;
            return before;
        }
        if (2 * (size + 1) > keys.length) {
            grow();
        }
        size++;
        InetAddress ip = address.getAddress();
        byte[] bytes = ip.getAddress();
        if (ip instanceof Inet4Address) {
            set(emptyFrom(key(bytes, address.getPort())), key(bytes, address.getPort()), value, handler);
            return null;
        }
        if (wide.length == 0) {
            wide = new long[2 * keys.length];
        }
        long high = half(bytes, 0);
        long low = half(bytes, 8);
        long key = key(high, low, address.getPort());
        int at = emptyFrom(key);
        set(at, key, value, handler);
        wide[2 * at] = high;
        wide[2 * at + 1] = low;
        return null;
    }

    private void set(int at, long key, @Nullable Object value, UdpPort.@Nullable Handler handler) {
        keys[at] = key;
        values[at] = value;
        handlers[at] = handler;
    }

    private int emptyFrom(long key) {
        int mask = keys.length - 1;
        int at = home(key, mask);
        while (handlers[at] != null) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldKeys = keys;
        UdpPort.@Nullable Handler[] oldHandlers = handlers;
        @Nullable Object[] oldValues = values;
        long[] oldWide = wide;
        keys = new long[2 * oldKeys.length];
        handlers = new UdpPort.Handler[keys.length];
        values = new Object[keys.length];
        wide = oldWide.length == 0 ? NONE : new long[2 * keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldHandlers[i] != null) {
                int at = emptyFrom(oldKeys[i]);
                set(at, oldKeys[i], oldValues[i], oldHandlers[i]);
                if (wide.length > 0) {
                    System.arraycopy(oldWide, 2 * i, wide, 2 * at, 2);
                }
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
        for (int at = (hole + 1) & mask; handlers[at] != null; at = (at + 1) & mask) {
            if (((at - home(keys[at], mask)) & mask) >= ((at - hole) & mask)) {
                set(hole, keys[at], values[at], handlers[at]);
                if (wide.length > 0) {
                    System.arraycopy(wide, 2 * at, wide, 2 * hole, 2);
                }
                hole = at;
            }
        }
        set(hole, 0, null, null);
        return removed;
    }

    private int home(long key, int mask) {
        return (int) mix((key ^ salt) * 0x9E3779B97F4A7C15L) & mask;
    }

    private static long key(byte[] ipv4, int port) {
        return (ipv4[0] & 0xFFL) << 40
                | (ipv4[1] & 0xFFL) << 32
                | (ipv4[2] & 0xFFL) << 24
                | (ipv4[3] & 0xFFL) << 16
                | port;
    }

    private long key(long high, long low, int port) {
        long hash = mix(mix(high ^ salt) * 0x9E3779B97F4A7C15L + low);
        return IPV6 | hash << 16 | port;
    }

    private static long half(byte[] ipv6, int from) {
        long half = 0;
        for (int i = from; i < from + 8; i++) {
            half = (half << 8) | (ipv6[i] & 0xFFL);
        }
        return half;
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 32)) * 0xD6E8FEB86659FD93L;
        return mixed ^ (mixed >>> 32);
    }
}

package dev.yodel.io.loop;

import dev.yodel.io.Bytes;
import dev.yodel.io.Datagram;
import dev.yodel.io.UdpPort;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Who is called for a datagram from a remote address and port, how many came from there, and what else belongs to it?
 * A hash table that is looked into for every datagram: the bits of an address and what is counted of it stand side by
 * side in one array, and who is called in another, both as dense as can be, because with a thousand addresses each
 * line of memory that a datagram touches is out of the cache, each object that it follows is one more, and each page
 * of memory has to be looked up. What else belongs to an address stands apart and is not touched. One thread only.
 *
 * @param <V> what else belongs to an address
 */
final class AddressTable<V> {
    private static final int FIRST_CAPACITY = 16;
    /** What only an address of IPv6 has. */
    private static final long IPV6 = Long.MIN_VALUE;

    // What stands at a place: an IPv4 address and the port, or a hash of an IPv6 address and the port; what is
    // counted; and the two halves of an IPv6 address.
    private static final int PACKETS = 1;
    private static final int BYTES = 2;
    private static final int LAST = 3;
    private static final int HIGH = 4;
    private static final int LOW = 5;

    /** How far apart places are, as a power of two, while there are IPv4 addresses only. */
    private static final int NARROW = 2;
    /** The same once there is one of IPv6: a line of memory each. */
    private static final int WIDE = 3;

    /** What is known of an address that is looked up with others: its key and the two halves of an IPv6 address. */
    private static final int ASKED = 3;

    /** Chosen anew for each table, so that nobody can choose addresses that fall on one place. */
    private final long salt = ThreadLocalRandom.current().nextLong();

    private long[] entries = new long[FIRST_CAPACITY << NARROW];
    private int shift = NARROW;
    /** Null where there is nothing. A typed array: an element of another would be looked into only to see what it is. */
    private UdpPort.@Nullable Receiver[] receivers = new UdpPort.Receiver[FIRST_CAPACITY];

    private @Nullable Object[] values = new Object[FIRST_CAPACITY];
    private int size;
    /** How often anything was put or removed. */
    private int changes;

    private long[] asked = new long[ASKED * UdpSocket.MOST_AT_ONCE];
    /** Written only, so that a compiler does not leave the first looks out. */
    @SuppressWarnings("UnusedVariable")
    private long glanced;

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

    /**
     * The places of the senders of some datagrams, as {@link #find}. What is out of the caches comes side by side: where
     * each should stand is looked at for all of them before the first is compared, because a comparison whose bytes are
     * not there yet holds up what comes after it, whenever its outcome was guessed wrong.
     */
    void findAll(Datagram[] datagrams, int from, int to, int[] places) {
        int count = to - from;
        if (asked.length < ASKED * count) {
            asked = new long[ASKED * count];
        }
        for (int i = 0; i < count; i++) {
            ask(datagrams[from + i].remote, ASKED * i);
        }
        glance(count);
        for (int i = 0; i < count; i++) {
            long key = asked[ASKED * i];
            places[i] = key < 0 ? find(key, asked[ASKED * i + 1], asked[ASKED * i + 2]) : find(key);
        }
    }

    private void ask(InetSocketAddress address, int at) {
        InetAddress ip = address.getAddress();
        byte[] bytes = ip.getAddress();
        if (ip instanceof Inet4Address) {
            asked[at] = key(bytes, address.getPort());
        } else {
            long high = Bytes.i64(bytes, 0);
            long low = Bytes.i64(bytes, 8);
            asked[at] = key(high, low, address.getPort());
            asked[at + 1] = high;
            asked[at + 2] = low;
        }
    }

    /** Reads both ends of what stands where each address should be, and waits for none: nothing hangs on what is there. */
    private void glance(int count) {
        long[] in = entries;
        int mask = receivers.length - 1;
        int last = shift == WIDE ? LOW : LAST;
        long seen = 0;
        for (int i = 0; i < count; i++) {
            int first = home(asked[ASKED * i], mask) << shift;
            seen += in[first] + in[first + last];
        }
        glanced = seen;
    }

    private int find(long key) {
        long[] in = entries;
        int mask = receivers.length - 1;
        for (int at = home(key, mask); receivers[at] != null; at = (at + 1) & mask) {
            if (in[at << shift] == key) {
                return at;
            }
        }
        return -1;
    }

    private int find(long key, long high, long low) {
        if (shift == NARROW) {
            return -1;
        }
        long[] in = entries;
        int mask = receivers.length - 1;
        for (int at = home(key, mask); receivers[at] != null; at = (at + 1) & mask) {
            int first = at << WIDE;
            if (in[first] == key && in[first + HIGH] == high && in[first + LOW] == low) {
                return at;
            }
        }
        return -1;
    }

    /** Who is called at a place that {@link #find} has returned. */
    @SuppressWarnings("NullAway") // a place that was found is taken
    UdpPort.Receiver receiverAt(int place) {
        return receivers[place];
    }

    /** Calls another one from now on at a place that {@link #find} has returned. */
    void setReceiver(int place, UdpPort.Receiver receiver) {
        receivers[place] = receiver;
    }

    /** What else is at a place that {@link #find} has returned. */
    @SuppressWarnings({"unchecked", "NullAway"}) // only values of V are put there, and a place that was found is taken
    V valueAt(int place) {
        return (V) values[place];
    }

    /** A datagram came from the address at a place. */
    void count(int place, int length, long now) {
        int first = place << shift;
        entries[first + PACKETS]++;
        entries[first + BYTES] += length;
        entries[first + LAST] = now;
    }

    /** What was counted at a place since the address was put there or {@link #clearCounts}. */
    long packetsAt(int place) {
        return entries[(place << shift) + PACKETS];
    }

    /** The same in bytes. */
    long bytesAt(int place) {
        return entries[(place << shift) + BYTES];
    }

    /** When the last of them came; 0 if there was none. */
    long lastAt(int place) {
        return entries[(place << shift) + LAST];
    }

    /** Counts anew. */
    void clearCounts(int place) {
        int first = place << shift;
        entries[first + PACKETS] = 0;
        entries[first + BYTES] = 0;
        entries[first + LAST] = 0;
    }

    /** Puts who is called and what else there is; returns the value before it, and what was counted is kept then. */
    @Nullable
    V put(InetSocketAddress address, V value, UdpPort.Receiver receiver) {
        changes++;
        int place = find(address);
        if (place >= 0) {
            V before = valueAt(place);
            values[place] = value;
            receivers[place] = receiver;
            return before;
        }
        InetAddress ip = address.getAddress();
        boolean four = ip instanceof Inet4Address;
        if (2 * (size + 1) > receivers.length || (!four && shift == NARROW)) {
            rebuild(2 * (size + 1) > receivers.length ? 2 * receivers.length : receivers.length, four ? shift : WIDE);
        }
        size++;
        byte[] bytes = ip.getAddress();
        long high = four ? 0 : Bytes.i64(bytes, 0);
        long low = four ? 0 : Bytes.i64(bytes, 8);
        long key = four ? key(bytes, address.getPort()) : key(high, low, address.getPort());
        int at = emptyFrom(key);
        entries[at << shift] = key;
        if (!four) {
            entries[(at << WIDE) + HIGH] = high;
            entries[(at << WIDE) + LOW] = low;
        }
        values[at] = value;
        receivers[at] = receiver;
        return null;
    }

    private int emptyFrom(long key) {
        int mask = receivers.length - 1;
        int at = home(key, mask);
        while (receivers[at] != null) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void rebuild(int capacity, int newShift) {
        long[] oldEntries = entries;
        int oldShift = shift;
        UdpPort.@Nullable Receiver[] oldReceivers = receivers;
        @Nullable Object[] oldValues = values;
        shift = newShift;
        entries = new long[capacity << newShift];
        receivers = new UdpPort.Receiver[capacity];
        values = new Object[capacity];
        for (int i = 0; i < oldReceivers.length; i++) {
            if (oldReceivers[i] != null) {
                int from = i << oldShift;
                int at = emptyFrom(oldEntries[from]);
                System.arraycopy(oldEntries, from, entries, at << newShift, 1 << oldShift);
                values[at] = oldValues[i];
                receivers[at] = oldReceivers[i];
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
        int mask = receivers.length - 1;
        // What was pushed on by a neighbour moves back, so that no look-up ends at the hole.
        for (int at = (hole + 1) & mask; receivers[at] != null; at = (at + 1) & mask) {
            int from = at << shift;
            if (((at - home(entries[from], mask)) & mask) >= ((at - hole) & mask)) {
                System.arraycopy(entries, from, entries, hole << shift, 1 << shift);
                values[hole] = values[at];
                receivers[hole] = receivers[at];
                hole = at;
            }
        }
        Arrays.fill(entries, hole << shift, (hole + 1) << shift, 0);
        values[hole] = null;
        receivers[hole] = null;
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

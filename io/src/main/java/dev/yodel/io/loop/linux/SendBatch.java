package dev.yodel.io.loop.linux;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which datagrams leave together: those of one socket are collected and go by one system call, and of those the ones
 * to one address, of one size, as one message that the kernel cuts up (UDP_SEGMENT), also if others came between. It
 * opens no socket and decides nothing about one that the system refuses: such datagrams go back to be sent one by one. It
 * keeps all of them, those to one address in their order, and nothing beyond {@link #flush()}. One for each loop, on its
 * thread only.
 */
public final class SendBatch {
    /** What a socket is told of its datagrams. */
    public interface Owner {
        /**
         * The batch could not send a datagram: send it without.
         *
         * @param datagram from position to limit, valid during the call
         * @param remote where to
         */
        void sendAlone(ByteBuffer datagram, InetSocketAddress remote);

        /**
         * The system took some.
         *
         * @param datagrams how many
         */
        void onSent(int datagrams);

        /**
         * The socket's buffer is full: some were dropped.
         *
         * @param datagrams how many
         */
        void onFull(int datagrams);
    }

    /** The longest datagram that is collected. */
    public static final int LARGEST = 1_500;

    static final int MOST_MESSAGES = 64;

    /** UDP_MAX_SEGMENTS of the kernels that have it. */
    static final int MOST_SEGMENTS = 64;

    /** Of one message, all its segments together. */
    private static final int MOST_MESSAGE_BYTES = 65_000;

    /** A burst of eight to 64 peers. */
    private static final int DATA_BYTES = 640 * 1024;

    /** Pieces of memory that one message is put together from. */
    private static final int MOST_PIECES = 16;

    /** Refused messages of segments after which a socket sends no more of them. */
    private static final int MOST_REFUSED = 4;

    private static final int MOST_INTERRUPTS = 16;

    // struct mmsghdr of 64-bit systems, the vector of its pieces, the address and the control message of each.
    private static final int HEADER = 64;
    private static final int HEADER_NAME = 0;
    private static final int HEADER_NAME_LENGTH = 8;
    private static final int HEADER_VECTOR = 16;
    private static final int HEADER_VECTOR_LENGTH = 24;
    private static final int HEADER_CONTROL = 32;
    private static final int HEADER_CONTROL_LENGTH = 40;
    private static final int VECTOR = 16;
    private static final int ADDRESS = 32;
    private static final int CONTROL = 24;
    private static final int CONTROL_LENGTH = 18;
    private static final int VECTORS_AT = MOST_MESSAGES * HEADER;
    private static final int ADDRESSES_AT = VECTORS_AT + MOST_MESSAGES * MOST_PIECES * VECTOR;
    private static final int CONTROLS_AT = ADDRESSES_AT + MOST_MESSAGES * ADDRESS;
    private static final int KNOWN = 1_024;
    private static final int KNOWN_SHIFT = 22;

    /** Where an address may be: one place each would be shared by some of a few hundred. */
    private static final int KNOWN_PLACES = 8;

    private static final int KNOWN_AT = CONTROLS_AT + MOST_MESSAGES * CONTROL;
    private static final int DATA_AT = KNOWN_AT + KNOWN * ADDRESS;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;

    private static final Logger LOG = LoggerFactory.getLogger(SendBatch.class);

    private final SystemCalls calls;
    private final ByteBuffer memory =
            ByteBuffer.allocateDirect(DATA_AT + DATA_BYTES).order(ByteOrder.nativeOrder());
    private final long address;
    private final SocketNames names;
    private final @Nullable InetSocketAddress[] remotes = new @Nullable InetSocketAddress[MOST_MESSAGES];
    private final int[] starts = new int[MOST_MESSAGES * MOST_PIECES];
    private final int[] ends = new int[MOST_MESSAGES * MOST_PIECES];
    private final int[] pieces = new int[MOST_MESSAGES];
    private final int[] lengths = new int[MOST_MESSAGES];
    private final int[] segments = new int[MOST_MESSAGES];
    private final int[] sizes = new int[MOST_MESSAGES];
    /** Whether one more segment may follow. */
    private final boolean[] open = new boolean[MOST_MESSAGES];

    private final @Nullable InetSocketAddress[] knownRemotes = new @Nullable InetSocketAddress[KNOWN];
    private final long[] knownIn = new long[KNOWN];
    /** The last message to that address, where {@link #knownIn} is this batch. */
    private final int[] knownMessage = new int[KNOWN];

    private long batches = 1;
    private @Nullable Socket pending;
    private int count;
    private int end = DATA_AT;
    private boolean flushing;

    SendBatch(SystemCalls calls) {
        this.calls = calls;
        this.names = new SocketNames(calls);
        this.address = calls.address(memory);
        for (int i = 0; i < MOST_MESSAGES; i++) {
            int header = i * HEADER;
            memory.putLong(header + HEADER_VECTOR, address + VECTORS_AT + (long) i * MOST_PIECES * VECTOR);
            memory.putLong(header + HEADER_CONTROL, address + CONTROLS_AT + (long) i * CONTROL);
            int control = CONTROLS_AT + i * CONTROL;
            memory.putLong(control, CONTROL_LENGTH);
            memory.putInt(control + 8, SOL_UDP);
            memory.putInt(control + 12, UDP_SEGMENT);
        }
    }

    /**
     * A batch for one loop, where this system and JNA have what it takes. Where they have not, the log says why, once
     * a call.
     *
     * @return null if datagrams are to be sent one by one
     */
    public static @Nullable SendBatch open() {
        String system = System.getProperty("os.name", "") + " " + System.getProperty("os.arch", "");
        String known = system.toLowerCase(Locale.ROOT);
        if (!known.equals("linux amd64") && !known.equals("linux aarch64")) {
            LOG.info("datagrams are sent one by one: batches are for Linux on x86-64 and ARM64, this is {}", system);
            return null;
        }
        try {
            return new SendBatch(LibC.load());
        } catch (LinkageError | RuntimeException noJna) {
            LOG.info(
                    "datagrams are sent one by one: put net.java.dev.jna:jna on the class path for batches ({})",
                    noJna.toString());
            return null;
        }
    }

    /**
     * Takes up a socket.
     *
     * @param local the bound address, no other socket's
     * @param owner is told what becomes of its datagrams
     * @return its share, to be closed with the socket; null if its descriptor was not found
     */
    public @Nullable Socket attach(InetSocketAddress local, Owner owner) {
        int found = names.find(local);
        int own = found < 0 ? found : calls.duplicate(found);
        return own < 0 ? null : new Socket(owner, own, local.getAddress() instanceof Inet6Address);
    }

    /**
     * Whether datagrams wait.
     *
     * @return false after {@link #flush()}
     */
    public boolean isPending() {
        return count > 0;
    }

    /** Sends what was collected. */
    public void flush() {
        Socket socket = pending;
        if (socket == null || count == 0 || flushing) {
            return;
        }
        flushing = true;
        try {
            writeHeaders();
            send(socket);
        } finally {
            flushing = false;
            pending = null;
            batches++;
            count = 0;
            end = DATA_AT;
            if (socket.closed) {
                socket.closeDescriptor();
            }
        }
    }

    private void writeHeaders() {
        for (int i = 0; i < count; i++) {
            for (int piece = i * MOST_PIECES; piece < i * MOST_PIECES + pieces[i]; piece++) {
                int vector = VECTORS_AT + piece * VECTOR;
                memory.putLong(vector, address + starts[piece]);
                memory.putLong(vector + 8, ends[piece] - starts[piece]);
            }
            memory.putLong(i * HEADER + HEADER_VECTOR_LENGTH, pieces[i]);
            boolean cut = segments[i] > 1;
            memory.putLong(i * HEADER + HEADER_CONTROL_LENGTH, cut ? CONTROL : 0);
            if (cut) {
                memory.putShort(CONTROLS_AT + i * CONTROL + 16, (short) sizes[i]);
            }
        }
    }

    private void send(Socket socket) {
        int interrupts = 0;
        int done = 0;
        while (done < count && !socket.closed) {
            int result = calls.send(socket.descriptor, address + (long) done * HEADER, count - done);
            if (result > 0) {
                int upTo = Math.min(count, done + result);
                int sent = datagrams(done, upTo);
                if (sent > upTo - done) {
                    socket.refused = 0;
                }
                socket.owner.onSent(sent);
                done = upTo;
            } else if (result == -SystemCalls.INTERRUPTED && interrupts < MOST_INTERRUPTS) {
                interrupts++;
            } else if (result == 0 || result == -SystemCalls.FULL || result == -SystemCalls.NO_BUFFERS) {
                socket.owner.onFull(datagrams(done, count));
                return;
            } else {
                sendAlone(socket, done++);
            }
        }
    }

    private int datagrams(int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += segments[i];
        }
        return sum;
    }

    /** A message that the system refuses: too long for the path, no offload on the way, no route. */
    private void sendAlone(Socket socket, int message) {
        if (segments[message] > 1 && ++socket.refused >= MOST_REFUSED) {
            socket.cuts = false;
        }
        InetSocketAddress remote = remotes[message];
        int first = message * MOST_PIECES;
        for (int piece = first; piece < first + pieces[message] && remote != null; piece++) {
            for (int at = starts[piece]; at < ends[piece] && !socket.closed; at += sizes[message]) {
                socket.owner.sendAlone(memory.slice(at, Math.min(sizes[message], ends[piece] - at)), remote);
            }
        }
    }

    private boolean add(Socket socket, byte[] data, int offset, int length, InetSocketAddress remote) {
        if (flushing || socket.closed || length == 0 || length > LARGEST) {
            return false;
        }
        if (pending != socket) {
            flush();
        }
        int message = end + length <= memory.capacity() ? messageTo(remote) : -1;
        if (message < 0 || !append(message, length)) {
            InetAddress host = remote.getAddress();
            if (host instanceof Inet6Address != socket.v6 || host == null || remote.getPort() == 0) {
                return false;
            }
            if (count == MOST_MESSAGES || end + length > memory.capacity()) {
                flush();
                if (socket.closed) {
                    return false;
                }
            }
            begin(host, remote, length, socket.cuts);
        }
        memory.put(end, data, offset, length);
        end += length;
        pending = socket;
        return true;
    }

    /** The last message of this batch to an address, negative for none. */
    private int messageTo(InetSocketAddress remote) {
        int last = count - 1;
        if (last < 0 || isSame(remote, remotes[last])) {
            return last;
        }
        int home = home(remote);
        for (int i = 0; i < KNOWN_PLACES; i++) {
            int place = (home + i) % KNOWN;
            if (knownIn[place] == batches && isSame(remote, knownRemotes[place])) {
                return knownMessage[place];
            }
        }
        return -1;
    }

    /** Makes room for one more segment; false if the message takes none. */
    private boolean append(int message, int length) {
        if (!open[message]
                || length > sizes[message]
                || segments[message] == MOST_SEGMENTS
                || lengths[message] + length > MOST_MESSAGE_BYTES) {
            return false;
        }
        int piece = message * MOST_PIECES + pieces[message] - 1;
        if (ends[piece] != end) {
            if (pieces[message] == MOST_PIECES) {
                return false;
            }
            pieces[message]++;
            piece++;
            starts[piece] = end;
        }
        ends[piece] = end + length;
        lengths[message] += length;
        segments[message]++;
        // Only the last segment may be shorter.
        open[message] = length == sizes[message];
        return true;
    }

    /** To Java two link-local addresses of two interfaces are equal. */
    private static boolean isSame(InetSocketAddress one, @Nullable InetSocketAddress other) {
        if (other == null || !one.equals(other)) {
            return false;
        }
        return !(one.getAddress() instanceof Inet6Address mine)
                || !(other.getAddress() instanceof Inet6Address theirs)
                || mine.getScopeId() == theirs.getScopeId();
    }

    /**
     * The place of an address that is written already, or is now: the same peers come again and again, and to ask an
     * address for its bytes makes garbage. Negative if all its places are taken by others of this batch.
     */
    private int known(InetSocketAddress remote) {
        int home = home(remote);
        int oldest = home;
        for (int i = 0; i < KNOWN_PLACES; i++) {
            int place = (home + i) % KNOWN;
            if (isSame(remote, knownRemotes[place])) {
                knownIn[place] = batches;
                return place;
            }
            oldest = knownIn[place] < knownIn[oldest] ? place : oldest;
        }
        if (knownIn[oldest] == batches) {
            return -1;
        }
        knownRemotes[oldest] = remote;
        SocketNames.write(memory, KNOWN_AT + oldest * ADDRESS, remote.getAddress(), remote.getPort());
        knownIn[oldest] = batches;
        return oldest;
    }

    private static int home(InetSocketAddress remote) {
        return (remote.hashCode() * 0x9e3779b9) >>> KNOWN_SHIFT;
    }

    private void begin(InetAddress host, InetSocketAddress remote, int length, boolean cuts) {
        int known = known(remote);
        if (known >= 0) {
            knownMessage[known] = count;
        }
        int name = known < 0 ? ADDRESSES_AT + count * ADDRESS : KNOWN_AT + known * ADDRESS;
        int nameLength = known < 0
                ? SocketNames.write(memory, name, host, remote.getPort())
                : host instanceof Inet6Address ? SocketNames.V6_LENGTH : SocketNames.V4_LENGTH;
        memory.putLong(count * HEADER + HEADER_NAME, address + name);
        memory.putInt(count * HEADER + HEADER_NAME_LENGTH, nameLength);
        remotes[count] = remote;
        starts[count * MOST_PIECES] = end;
        ends[count * MOST_PIECES] = end + length;
        pieces[count] = 1;
        lengths[count] = length;
        sizes[count] = length;
        segments[count] = 1;
        open[count] = cuts;
        count++;
    }

    /** The batch's view of one socket: a descriptor of its own, so that no other file can come to have its number. */
    public final class Socket implements AutoCloseable {
        private final Owner owner;
        private final boolean v6;
        private final int descriptor;
        private boolean cuts;
        private int refused;
        private boolean closed;

        private Socket(Owner owner, int descriptor, boolean v6) {
            this.owner = owner;
            this.descriptor = descriptor;
            this.v6 = v6;
            this.cuts = calls.takesSegments(descriptor);
        }

        /**
         * Collects a datagram.
         *
         * @param data copied
         * @param offset first byte
         * @param length 1 to {@link #LARGEST}
         * @param remote where to
         * @return false if it is to be sent without the batch, which is to be flushed first, as what came before it
         *     waits there
         */
        public boolean add(byte[] data, int offset, int length, InetSocketAddress remote) {
            return SendBatch.this.add(this, data, offset, length, remote);
        }

        /** Sends what was collected of this socket. */
        public void flush() {
            if (pending == this) {
                SendBatch.this.flush();
            }
        }

        /** Sends what was collected and lets go of the socket; the address is free when the owner has closed it too. */
        @Override
        public void close() {
            if (closed) {
                return;
            }
            boolean within = flushing && pending == this;
            flush();
            closed = true;
            if (!within) {
                closeDescriptor();
            }
        }

        private void closeDescriptor() {
            calls.close(descriptor);
        }
    }
}

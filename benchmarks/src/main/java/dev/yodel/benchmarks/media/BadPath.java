package dev.yodel.benchmarks.media;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bad network between two ends of any stack, on real sockets: it delays every datagram, and of the media that goes
 * from the caller to the callee it loses some and delays the rest unevenly. The fate of the n-th packet hangs on the
 * seed and on n alone, so it is the same for every stack. The caller is told {@link #callersView} as the callee's
 * candidate; the callee is told no candidate and learns the relay's address from the checks.
 */
final class BadPath implements AutoCloseable {
    private static final long MILLISECOND = 1_000_000L;

    /** Datagrams leave at most a millisecond late where the processor is free: much later says that it was not. */
    private static final long LATE_NANOS = 15 * MILLISECOND;

    private static final double MOST_LATE_PERCENT = 1;

    /** A datagram on its way. */
    private static final class Waiting implements Comparable<Waiting> {
        final long due;
        final long order;
        final DatagramChannel from;
        final InetSocketAddress to;
        final byte[] bytes;

        Waiting(long due, long order, DatagramChannel from, InetSocketAddress to, byte[] bytes) {
            this.due = due;
            this.order = order;
            this.from = from;
            this.to = to;
            this.bytes = bytes;
        }

        @Override
        public int compareTo(Waiting other) {
            int byTime = Long.compare(due, other.due);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final double loss;
    private final int delayMillis;
    private final int jitterMillis;
    private final long seed;
    private final Selector selector = Selector.open();
    private final InetAddress address = localAddress();
    private final DatagramChannel towardsCaller = open();
    private final DatagramChannel towardsCallee = open();
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(2_048);
    private final Thread thread = new Thread(this::run, "bad-path");
    private volatile InetSocketAddress callee;
    private InetSocketAddress caller;
    private long order;
    private long packets;
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong late = new AtomicLong();

    BadPath(double loss, int delayMillis, int jitterMillis, long seed) throws IOException {
        this.loss = loss;
        this.delayMillis = delayMillis;
        this.jitterMillis = jitterMillis;
        this.seed = seed;
        callee = new InetSocketAddress(address, 9);
        caller = callee;
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The address that a route to the outside would have, since libwebrtc has no candidates on loopback; nothing is
     * sent.
     */
    private static InetAddress localAddress() throws IOException {
        try (DatagramChannel probe = DatagramChannel.open(StandardProtocolFamily.INET)) {
            probe.connect(new InetSocketAddress("192.0.2.1", 9));
            return ((InetSocketAddress) probe.getLocalAddress()).getAddress();
        }
    }

    private DatagramChannel open() throws IOException {
        DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
        channel.bind(new InetSocketAddress(address, 0));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        return channel;
    }

    /** The callee's description as the caller is to see it: with the relay as the only candidate. */
    String callersView(String sdp) throws IOException {
        for (String line : sdp.lines().toList()) {
            String[] words = line.split(" ", -1);
            if (line.startsWith("a=candidate:")
                    && words[2].equalsIgnoreCase("udp")
                    && words[4].equals(address.getHostAddress())) {
                callee = new InetSocketAddress(address, Integer.parseInt(words[5]));
                break;
            }
        }
        int port = ((InetSocketAddress) towardsCaller.getLocalAddress()).getPort();
        StringBuilder result = new StringBuilder();
        boolean told = false;
        for (String line : sdp.lines().toList()) {
            if (!line.startsWith("a=candidate:")) {
                result.append(line).append("\r\n");
            } else if (!told) {
                told = true;
                result.append(
                        "a=candidate:1 1 udp 2122260223 " + address.getHostAddress() + " " + port + " typ host\r\n");
            }
        }
        return result.toString();
    }

    /** The caller's description as the callee is to see it. */
    static String calleesView(String sdp) {
        StringBuilder result = new StringBuilder();
        sdp.lines().filter(line -> !line.startsWith("a=candidate:")).forEach(line -> result.append(line)
                .append("\r\n"));
        return result.toString();
    }

    /** Media packets that were lost so far. */
    long lost() {
        return lost.get();
    }

    /**
     * How the machine kept up: where more than a few datagrams left late, its other work is what was measured.
     *
     * @return words for the end of a line
     */
    String punctuality() {
        double share = 100.0 * late.get() / Math.max(1, sent.get());
        return String.format(
                Locale.ROOT,
                share < MOST_LATE_PERCENT
                        ? "%.1f %% of datagrams late"
                        : "NOT VALID, the machine was busy: %.1f %% late",
                share);
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                Waiting next = waiting.peek();
                long wait = next == null ? 1_000 * MILLISECOND : next.due - System.nanoTime();
                if (wait <= 0) {
                    selector.selectNow();
                } else {
                    // To the millisecond, and then without waiting: half a millisecond early is spent on looking.
                    selector.select(Math.max(1, wait / MILLISECOND));
                }
                selector.selectedKeys().clear();
                read(towardsCaller);
                read(towardsCallee);
                send();
            }
        } catch (IOException | RuntimeException closed) {
            if (selector.isOpen()) {
                throw new IllegalStateException(closed);
            }
        }
    }

    private void read(DatagramChannel channel) throws IOException {
        while (true) {
            buffer.clear();
            InetSocketAddress from = (InetSocketAddress) channel.receive(buffer);
            if (from == null) {
                return;
            }
            byte[] bytes = new byte[buffer.flip().remaining()];
            buffer.get(bytes);
            long due = System.nanoTime() + delayMillis * MILLISECOND;
            boolean forth = channel == towardsCaller;
            if (forth) {
                caller = from;
                if (isMedia(bytes)) {
                    SplittableRandom fate = new SplittableRandom(seed * 1_000_003 + packets++);
                    if (fate.nextDouble() < loss) {
                        lost.incrementAndGet();
                        continue;
                    }
                    due += (long) (fate.nextDouble() * jitterMillis * MILLISECOND);
                }
            }
            waiting.add(
                    new Waiting(due, order++, forth ? towardsCallee : towardsCaller, forth ? callee : caller, bytes));
        }
    }

    private void send() throws IOException {
        while (true) {
            Waiting next = waiting.peek();
            if (next == null || next.due > System.nanoTime()) {
                return;
            }
            waiting.remove();
            sent.incrementAndGet();
            if (System.nanoTime() - next.due > LATE_NANOS) {
                late.incrementAndGet();
            }
            next.from.send(ByteBuffer.wrap(next.bytes), next.to);
        }
    }

    /** RFC 7983, RFC 5761: RTP, and no report. */
    private static boolean isMedia(byte[] data) {
        return data.length > 12 && (data[0] & 0xc0) == 0x80 && ((data[1] & 0x7f) < 64 || (data[1] & 0x7f) > 95);
    }

    @Override
    public void close() {
        try {
            selector.close();
            towardsCaller.close();
            towardsCallee.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.yodel.webrtc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A wire between two peers on real sockets that a test can spoil: each peer knows the other by an address of this relay,
 * which passes datagrams on, loses them, holds them back, repeats and spoils them, or makes up others from the address that
 * the peer trusts.
 *
 * <p>Give each side's candidates to {@link #candidateForB} and {@link #candidateForA} and what they return to the other.
 */
final class FaultyRelay implements AutoCloseable {
    /** What happens to datagrams of one direction. Written by the test, read by the relay's thread. */
    static final class Direction {
        private volatile boolean down;
        private volatile double loss;
        private volatile double burstBegins;
        private volatile double lateness;
        private volatile double duplication;
        private volatile double corruption;
        private final AtomicLong sent = new AtomicLong();
        private volatile long answeredAt;
        private boolean burst;

        void down(boolean value) {
            down = value;
        }

        /** Independent losses. */
        void loss(double share) {
            loss = share;
        }

        /** Gilbert's bursts: a third of the bad state's datagrams end it, nine in ten of them are lost. */
        void bursts(double begin) {
            burstBegins = begin;
        }

        /** Shares of what is held back by up to 50 ms, comes twice, and has a wrong bit. */
        void spoil(double late, double twice, double wrong) {
            lateness = late;
            duplication = twice;
            corruption = wrong;
        }

        /** How many datagrams the peer sent, whatever became of them. */
        long sent() {
            return sent.get();
        }

        /** When the last answer to a check passed, which the other side got; STUN's binding success is 0x0101. */
        long answeredAt() {
            return answeredAt;
        }

        private boolean loses(Random random) {
            if (down || random.nextDouble() < loss) {
                return true;
            }
            if (burstBegins == 0) {
                return false;
            }
            burst = burst ? random.nextDouble() >= 1 / 3.0 : random.nextDouble() < burstBegins;
            return burst && random.nextDouble() < 0.9;
        }
    }

    /** What is held back. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Late(long at, byte[] bytes, DatagramChannel out, InetSocketAddress to) {}

    private static final long LATE_NANOS = 50_000_000;

    final Direction fromA = new Direction();
    final Direction fromB = new Direction();
    private final Selector selector = Selector.open();
    private final DatagramChannel toA;
    private final DatagramChannel toB;
    private final Random random;
    private final Thread thread = new Thread(this::run, "faulty-relay");
    private final ArrayDeque<byte[]> recent = new ArrayDeque<>();
    private final PriorityQueue<Late> late = new PriorityQueue<>(Comparator.comparingLong(Late::at));
    private volatile @Nullable InetSocketAddress a;
    private volatile @Nullable InetSocketAddress b;
    private volatile int forgedPerMilli;
    private final AtomicLong forged = new AtomicLong();
    private volatile boolean stopped;

    FaultyRelay(InetAddress address, long seed) throws IOException {
        random = new Random(seed);
        // What B sends to A comes out of toA, and A answers to it.
        toA = open(address);
        toB = open(address);
        thread.setDaemon(true);
        thread.start();
    }

    private DatagramChannel open(InetAddress address) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 20);
        channel.bind(new InetSocketAddress(address, 0));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        return channel;
    }

    /** A's candidate as B is to know it; null for all but the first with the relay's kind of address. */
    @Nullable
    IceCandidate candidateForB(IceCandidate ofA) {
        if (a != null || !usable(ofA)) {
            return null;
        }
        a = addressOf(ofA);
        return rewritten(ofA, addressOf(ofA), toB);
    }

    @Nullable
    IceCandidate candidateForA(IceCandidate ofB) {
        if (b != null || !usable(ofB)) {
            return null;
        }
        b = addressOf(ofB);
        return rewritten(ofB, addressOf(ofB), toA);
    }

    /** Whether this candidate is a UDP host candidate with an IPv4 address in plain. */
    static boolean usable(IceCandidate candidate) {
        String address = candidate.address();
        return candidate.protocol() == IceProtocol.UDP
                && candidate.type() == IceCandidateType.HOST
                && address != null
                && address.indexOf('.') > 0
                && address.indexOf(':') < 0
                && !address.endsWith(".local");
    }

    private static InetSocketAddress addressOf(IceCandidate candidate) {
        Integer port = candidate.port();
        if (port == null) {
            throw new AssertionError("no port in " + candidate);
        }
        return new InetSocketAddress(candidate.address(), port);
    }

    private static IceCandidate rewritten(IceCandidate candidate, InetSocketAddress of, DatagramChannel by) {
        InetSocketAddress ours;
        try {
            ours = (InetSocketAddress) by.getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String address = of.getAddress().getHostAddress();
        return new IceCandidate(
                candidate
                        .candidate()
                        .replace(
                                " " + address + " " + of.getPort() + " ",
                                " " + ours.getAddress().getHostAddress() + " " + ours.getPort() + " "),
                candidate.sdpMid(),
                candidate.sdpMLineIndex(),
                candidate.usernameFragment());
    }

    /** Cuts or mends both directions. */
    void cut(boolean down) {
        fromA.down(down);
        fromB.down(down);
    }

    /** So many made-up DTLS records a millisecond to A, from the address of its peer; 0 for no more. */
    void forge(int perMilli) {
        forgedPerMilli = perMilli;
    }

    long forged() {
        return forged.get();
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
        long last = System.nanoTime();
        long owed = 0;
        try {
            while (!stopped) {
                if (forgedPerMilli == 0) {
                    selector.select(late.isEmpty() ? 100 : 1);
                    last = System.nanoTime();
                } else {
                    selector.select(1);
                    long now = System.nanoTime();
                    owed = Math.min(20_000, owed + (now - last) * forgedPerMilli / 1_000_000);
                    last = now;
                    for (; owed > 0; owed--) {
                        forgeOne(buffer);
                        if (owed % 16 == 0) {
                            pump(buffer);
                        }
                    }
                }
                selector.selectedKeys().clear();
                pump(buffer);
                for (Late first = late.peek(); first != null && first.at <= System.nanoTime(); first = late.peek()) {
                    late.remove();
                    first.out.send(ByteBuffer.wrap(first.bytes), first.to);
                }
            }
        } catch (IOException e) {
            if (!stopped) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void pump(ByteBuffer buffer) throws IOException {
        pass(toB, b, toA, a, fromB, buffer);
        pass(toA, a, toB, b, fromA, buffer);
    }

    /** {@code in} is the address that {@code from} knows its peer by. */
    private void pass(
            DatagramChannel in,
            @Nullable InetSocketAddress from,
            DatagramChannel out,
            @Nullable InetSocketAddress to,
            Direction direction,
            ByteBuffer buffer)
            throws IOException {
        for (int i = 0; i < 64; i++) {
            SocketAddress source;
            try {
                source = in.receive(buffer.clear());
            } catch (PortUnreachableException e) {
                continue;
            }
            if (source == null) {
                return;
            }
            if (to == null || !source.equals(from)) {
                continue;
            }
            direction.sent.incrementAndGet();
            buffer.flip();
            if (!buffer.hasRemaining() || direction.loses(random)) {
                continue;
            }
            if (buffer.remaining() >= 20 && buffer.getShort(0) == 0x0101) {
                direction.answeredAt = System.nanoTime();
            }
            if (buffer.get(0) >= 20 && buffer.get(0) <= 63 && recent.size() < 64) {
                byte[] record = new byte[buffer.remaining()];
                buffer.get(0, record);
                recent.add(record);
            }
            if (random.nextDouble() < direction.corruption) {
                int place = random.nextInt(buffer.limit());
                buffer.put(place, (byte) (buffer.get(place) ^ 1 << random.nextInt(8)));
            }
            for (int copies = random.nextDouble() < direction.duplication ? 2 : 1; copies > 0; copies--) {
                if (random.nextDouble() < direction.lateness) {
                    byte[] copy = new byte[buffer.limit()];
                    buffer.get(0, copy);
                    late.add(new Late(System.nanoTime() + random.nextInt((int) LATE_NANOS), copy, out, to));
                } else {
                    out.send(buffer.rewind(), to);
                }
            }
        }
    }

    /** THREATS.md D12: a spoiled record, one of an old epoch, an alert in the clear, or garbage. */
    private void forgeOne(ByteBuffer buffer) throws IOException {
        InetSocketAddress to = a;
        if (to == null) {
            return;
        }
        byte[] data;
        switch (random.nextInt(4)) {
            case 0 -> {
                data = new byte[1 + random.nextInt(1_400)];
                random.nextBytes(data);
            }
            case 1 -> data = new byte[] {21, (byte) 0xfe, (byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40};
            default -> {
                data = recent.isEmpty() ? new byte[40] : recent.peek().clone();
                data[0] = (byte) (20 + random.nextInt(4));
                if (data.length > 13) {
                    data[random.nextInt(data.length - 13) + 13] ^= (byte) (1 << random.nextInt(8));
                    data[4] = (byte) random.nextInt(2);
                    data[10] = (byte) random.nextInt(256);
                }
            }
        }
        buffer.clear().put(data).flip();
        if (toA.send(buffer, to) > 0) {
            forged.incrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        stopped = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        toA.close();
        toB.close();
        selector.close();
    }
}

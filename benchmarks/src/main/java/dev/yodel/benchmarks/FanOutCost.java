package dev.yodel.benchmarks;

import dev.yodel.io.Loop;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.srtp.SrtpProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What forwarding one packet of 1,100 bytes to 64 subscribers takes ({@link FanOut}), by CPU time of the loops'
 * threads: all on one loop and spread over two, each with a socket of its own, as connections have; on one loop over
 * one port, as they have it with {@code udpMux}, with single sends and in batches; beside libsrtp and {@code sendto} in
 * C. It goes by blocks in changing order, of which a tenth was faster than what is said; each round is a turn of the
 * loop. Bytes allocated are counted over a million packets, and those of the JDK's ciphers are measured alone and taken
 * off. All send to the same sockets on loopback, read by another thread. Arguments: {@code plain} leaves retransmission
 * out; {@code burst=8} lets so many packets come in each turn; {@code gcm} leaves AES-CM out; {@code bare} measures what
 * the sockets of one loop take, without the rest.
 */
public final class FanOutCost implements AutoCloseable {
    private static final int SUBSCRIBERS = 64;
    private static final int BLOCK = 24;
    private static final int ROUNDS = 300;
    private static final int WARM_UP = 100;
    private static final int COUNTED = 1_000_000 / SUBSCRIBERS / BLOCK + 1;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final String name;
    private final NioEnvironment environment;
    private final List<FanOut> parts = new ArrayList<>();
    private final List<FanOut> others;
    private final int burst;
    private final boolean bare;
    private long clock;
    private final List<Long> nanosOfBlocks = new ArrayList<>();

    private FanOutCost(
            String name, int loops, boolean batched, FanOut.Kind kind, int burst, List<InetSocketAddress> targets) {
        this.name = name;
        this.burst = burst;
        bare = kind.bare();
        environment =
                NioEnvironment.builder().loops(loops).batchedSends(batched).start();
        int share = SUBSCRIBERS / loops;
        for (int i = 0; i < loops; i++) {
            parts.add(FanOut.on(
                    environment, environment.loops().get(i), kind, targets.subList(i * share, (i + 1) * share)));
        }
        others = parts.subList(1, loops);
    }

    /** CPU and bytes of all loops for some rounds, each in a turn of its own. */
    private long[] block(Runnable round, int rounds) {
        Loop loop = parts.get(0).loop;
        long[] before = usedByOthers();
        CompletableFuture<long[]> done = new CompletableFuture<>();
        loop.execute(new Runnable() {
            private int left = rounds;
            private long bytes;
            private long cpu;

            @Override
            public void run() {
                if (left == rounds) {
                    bytes = THREADS.getCurrentThreadAllocatedBytes();
                    cpu = THREADS.getCurrentThreadCpuTime();
                }
                if (left-- > 0) {
                    round.run();
                    loop.execute(this);
                } else {
                    // A turn later: what the last round left for the end of its turn is done.
                    done.complete(new long[] {
                        THREADS.getCurrentThreadCpuTime() - cpu, THREADS.getCurrentThreadAllocatedBytes() - bytes
                    });
                }
            }
        });
        long[] used = done.join();
        long[] after = usedByOthers();
        return new long[] {used[0] + after[0] - before[0], used[1] + after[1] - before[1]};
    }

    private long[] usedByOthers() {
        long[] sum = new long[2];
        for (FanOut other : others) {
            // What was given to it so far is done a turn later, drains included.
            FanOut.onLoop(other.loop, () -> true);
            long[] used = FanOut.onLoop(other.loop, () ->
                    new long[] {THREADS.getCurrentThreadCpuTime(), THREADS.getCurrentThreadAllocatedBytes()});
            sum[0] += used[0];
            sum[1] += used[1];
        }
        return sum;
    }

    private void forward() {
        parts.get(0).turn(burst, others, clock += 1_000_000);
    }

    /** Of the blocks after the first ones, in which the compilers are at work. */
    private static long lowestTenth(List<Long> nanos) {
        List<Long> sorted = new ArrayList<>(nanos.subList(WARM_UP, nanos.size()));
        sorted.sort(null);
        return sorted.get(sorted.size() / 10);
    }

    private int rounds() {
        return Math.max(1, BLOCK / burst);
    }

    private boolean round() {
        return nanosOfBlocks.add(block(this::forward, rounds())[0] / ((long) rounds() * burst * SUBSCRIBERS));
    }

    private long packets() {
        return parts.stream().mapToLong(part -> part.sent + part.full).sum();
    }

    private long nanos() {
        return lowestTenth(nanosOfBlocks);
    }

    /** Counts bytes over a million packets and says everything. */
    private void report(@Nullable Long c, long ofFirst) {
        long before = packets();
        long bytes = 0;
        for (int i = 0; i < COUNTED; i++) {
            bytes += block(this::forward, rounds())[1];
        }
        long packets = packets() - before;
        long ciphers = 0;
        for (FanOut part : bare ? List.<FanOut>of() : parts) {
            ciphers += FanOut.onLoop(part.loop, () -> {
                long start = THREADS.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < COUNTED * rounds() * burst; i++) {
                    part.protectAlone();
                }
                return THREADS.getCurrentThreadAllocatedBytes() - start;
            });
        }
        System.out.printf(
                Locale.ROOT,
                "  %-10s %5d ns a packet, %.0f kpps on a core, %.2fx of one loop; %s; %.2f B a packet of our own over %,d"
                        + " packets (%.0f with the JDK's ciphers); %d not sent, %d batched%n",
                name,
                nanos(),
                1e6 / nanos(),
                (double) ofFirst / nanos(),
                c == null
                        ? "libsrtp not measured"
                        : String.format(Locale.ROOT, "libsrtp and sendto %d ns, %.2fx", c, (double) c / nanos()),
                (double) (bytes - ciphers) / packets,
                packets,
                (double) bytes / packets,
                parts.stream().mapToLong(part -> part.full + part.refused).sum(),
                environment.loopStats().stream()
                        .mapToLong(stats -> stats.datagramsBatched())
                        .sum());
    }

    @Override
    public void close() {
        environment.close();
    }

    private static void measure(FanOut.Kind own, int burst, List<InetSocketAddress> targets, @Nullable Path program)
            throws Exception {
        SrtpProfile profile = own.profile();
        FanOut.Kind onePort = new FanOut.Kind(profile, own.repairs(), true, own.bare());
        try (FanOutCost one = new FanOutCost("one loop", 1, false, own, burst, targets);
                FanOutCost two = new FanOutCost("two loops", 2, false, own, burst, targets);
                FanOutCost port = new FanOutCost("one port", 1, false, onePort, burst, targets);
                FanOutCost batched = new FanOutCost("batched", 1, true, onePort, burst, targets);
                Libsrtp libsrtp =
                        program == null ? null : Libsrtp.fanOut(program, profile, FanOut.PAYLOAD, BLOCK, targets)) {
            List<FanOutCost> all = own.bare() ? List.of(one, port, batched) : List.of(one, two, port, batched);
            List<Long> theirs = new ArrayList<>();
            // None comes always behind the same one: what a block finds in the caches is what the one before has left.
            List<Callable<Boolean>> order = new ArrayList<>();
            all.forEach(each -> order.add(each::round));
            if (libsrtp != null) {
                order.add(() -> theirs.add(libsrtp.nanosPerPacket()));
            }
            Random random = new Random(1);
            for (int i = 0; i < ROUNDS; i++) {
                Collections.shuffle(order, random);
                for (Callable<Boolean> block : order) {
                    block.call();
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s, %s, %d packet(s) a turn:%n",
                    own.bare() ? "sockets alone" : profile,
                    own.repairs() ? "with RTX" : "without RTX",
                    burst);
            for (FanOutCost each : all) {
                each.report(theirs.isEmpty() ? null : lowestTenth(theirs), one.nanos());
            }
        }
    }

    /**
     * Prints the figures for AES-CM and AES-GCM.
     *
     * @param args see above
     * @throws Exception if a socket cannot be opened, or the C program cannot be compiled or run
     */
    public static void main(String[] args) throws Exception {
        boolean repairs = true;
        boolean bare = false;
        int burst = 1;
        List<SrtpProfile> profiles = List.of(SrtpProfile.AES_CM_128_HMAC_SHA1_80, SrtpProfile.AEAD_AES_128_GCM);
        for (String argument : args) {
            if (argument.equals("plain")) {
                repairs = false;
            } else if (argument.startsWith("burst=")) {
                burst = Integer.parseInt(argument.substring(6));
            } else if (argument.equals("bare")) {
                bare = true;
                profiles = List.of(SrtpProfile.AEAD_AES_128_GCM);
            } else if (argument.equals("gcm")) {
                profiles = List.of(SrtpProfile.AEAD_AES_128_GCM);
            } else {
                throw new IllegalArgumentException("plain, bare, gcm and burst=N are known, not " + argument);
            }
        }
        Path program = bare ? null : Libsrtp.compile("fanout_cost");
        Selector selector = Selector.open();
        List<InetSocketAddress> targets = new ArrayList<>();
        for (int i = 0; i < SUBSCRIBERS; i++) {
            DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            targets.add((InetSocketAddress) channel.getLocalAddress());
        }
        Thread reader = new Thread(() -> drain(selector), "fan-out-reader");
        reader.setDaemon(true);
        reader.start();
        for (SrtpProfile profile : profiles) {
            measure(new FanOut.Kind(profile, repairs, false, bare), burst, targets, program);
        }
        selector.close();
    }

    private static void drain(Selector selector) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(2_048);
        try {
            while (selector.isOpen()) {
                selector.select(key -> {
                    try {
                        do {
                            buffer.clear();
                        } while (((DatagramChannel) key.channel()).receive(buffer) != null);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        } catch (IOException | ClosedSelectorException over) {
            System.out.println("the reader ended: " + over);
        }
    }
}

package dev.yodel.benchmarks;

import dev.yodel.io.Loop;
import dev.yodel.io.SendResult;
import dev.yodel.io.UdpPort;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.rtp.HeaderExtensionIds;
import dev.yodel.rtp.LayerSwitch;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.RtpSession;
import dev.yodel.rtp.RtpSessionOptions;
import dev.yodel.rtp.RtpTransmit;
import dev.yodel.rtp.SendStream;
import dev.yodel.rtp.SendStreamParameters;
import dev.yodel.srtp.SrtpProfile;
import dev.yodel.srtp.SrtpSession;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What forwarding one packet of 1,100 bytes to 64 subscribers takes, by CPU time of the loop's thread: the choice of the layer, the
 * header, numbers and picture identifiers of its own for each, the packets kept for retransmission, SRTP with each subscriber's keys,
 * and the socket; beside libsrtp and {@code sendto} in C, in alternating blocks, the best of each. Bytes allocated are counted over a
 * million packets, and those of the JDK's ciphers are measured alone and taken off. Sockets are on loopback, read by another
 * thread. The argument {@code plain} leaves retransmission out.
 */
public final class FanOutCost {
    private static final int SUBSCRIBERS = 64;
    private static final int PAYLOAD = 1_100;
    private static final int BLOCK = 25;
    private static final int ROUNDS = 200;
    private static final int COUNTED = 1_000_000 / SUBSCRIBERS / BLOCK + 1;
    private static final RtpCodec VP8 = new RtpCodec(96, "VP8", 90_000, 1);

    private static final class Subscriber {
        final LayerSwitch layers = new LayerSwitch();
        final RtpSession session;
        final SendStream stream;
        final SrtpSession keys;
        final InetSocketAddress address;

        Subscriber(NioEnvironment environment, SrtpProfile profile, int number, boolean repairs, InetSocketAddress to) {
            session = new RtpSession(RtpSessionOptions.of("fan-out"), environment.random(), 0, 0);
            List<RtpCodec> codecs = new ArrayList<>(List.of(VP8));
            long ssrc = 0x1000L + number;
            if (repairs) {
                codecs.add(new RtpCodec(97, "rtx", 90_000, 1, Map.of("apt", "96"), Set.of()));
            }
            stream = session.addSendStream(new SendStreamParameters(
                    ssrc,
                    repairs ? 0x2000L + number : SendStreamParameters.NO_SSRC,
                    "0",
                    null,
                    codecs,
                    HeaderExtensionIds.of(Map.of(HeaderExtensionIds.MID, 1, HeaderExtensionIds.ABS_SEND_TIME, 2))));
            byte[] material = new byte[profile.keyingMaterialLength()];
            new Random(number).nextBytes(material);
            keys = new SrtpSession(profile, material, true);
            address = to;
        }
    }

    private final com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final ReceivedPacket packet = new ReceivedPacket();
    private final RtpTransmit out = new RtpTransmit();
    private final byte[] alone = new byte[2_048];
    private final Loop loop;
    private final UdpPort socket;
    private long number = 1_000;
    private long sent;
    private long full;
    private int aloneNumber;

    private FanOutCost(
            NioEnvironment environment, SrtpProfile profile, boolean repairs, List<InetSocketAddress> targets)
            throws IOException {
        loop = environment.loops().get(0);
        socket = loop.openUdp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), datagram -> {});
        for (int i = 0; i < SUBSCRIBERS; i++) {
            subscribers.add(new Subscriber(environment, profile, i, repairs, targets.get(i)));
        }
        byte[] data = new byte[12 + PAYLOAD];
        data[0] = (byte) 0x80;
        packet.data = data;
        packet.packetLength = data.length;
        packet.headerLength = 12;
        packet.payloadOffset = 12;
        packet.payloadLength = PAYLOAD;
        packet.ssrc = 77;
        packet.codec = VP8;
        packet.marker = true;
        // RFC 7741 4.2: the first packet of a picture with an identifier of 15 bits; the frame's first byte is that of
        // a key frame.
        data[12] = (byte) 0x90;
        data[13] = (byte) 0x80;
    }

    /** Forwards one packet to all. */
    private void forward(long now) {
        number++;
        packet.sequence = number;
        packet.rtpTimestamp = (number * 3_000) & 0xffff_ffffL;
        packet.arrivalNanos = now;
        packet.data[14] = (byte) (0x80 | ((number >> 8) & 0x7f));
        packet.data[15] = (byte) number;
        packet.data[16] = (byte) (number % 30 == 0 ? 0x10 : 0x11);
        for (int i = 0; i < SUBSCRIBERS; i++) {
            Subscriber to = subscribers.get(i);
            ReceivedPacket chosen = to.layers.accept(packet, now);
            if (chosen == null || !to.stream.relay(chosen, now)) {
                continue;
            }
            while (to.session.pollTransmit(out, now)) {
                int length = to.keys.protectRtp(out.data, out.offset, out.length);
                if (length > 0 && socket.send(out.data, out.offset, length, to.address) == SendResult.SENT) {
                    sent++;
                } else {
                    full++;
                }
            }
        }
    }

    /** What the JDK's ciphers allocate, for packets of the same size. */
    private void protectAlone() {
        aloneNumber = (aloneNumber + 1) & 0xffff;
        for (int i = 0; i < SUBSCRIBERS; i++) {
            // A header extension of two words, as those packets have.
            alone[0] = (byte) 0x90;
            alone[12] = (byte) 0xbe;
            alone[13] = (byte) 0xde;
            alone[15] = 2;
            alone[2] = (byte) (aloneNumber >> 8);
            alone[3] = (byte) aloneNumber;
            alone[8] = 1;
            subscribers.get(i).keys.protectRtp(alone, 0, 24 + PAYLOAD);
        }
    }

    private <T> T onLoop(Callable<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                done.complete(task.call());
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        });
        return done.join();
    }

    /** CPU and bytes of a block, on the loop's thread. */
    private long[] block(Runnable one) {
        return onLoop(() -> {
            long bytes = threads.getCurrentThreadAllocatedBytes();
            long start = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < BLOCK; i++) {
                one.run();
            }
            return new long[] {
                threads.getCurrentThreadCpuTime() - start, threads.getCurrentThreadAllocatedBytes() - bytes
            };
        });
    }

    private void measure(SrtpProfile profile, boolean repairs, @Nullable Path program) throws IOException {
        Libsrtp libsrtp = program == null ? null : Libsrtp.fanOut(program, profile, PAYLOAD, SUBSCRIBERS, BLOCK);
        long[] clock = {0};
        Runnable forward = () -> forward(clock[0] += 1_000_000);
        long best = Long.MAX_VALUE;
        long c = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            best = Math.min(best, block(forward)[0]);
            if (libsrtp != null) {
                c = Math.min(c, libsrtp.nanosPerPacket());
            }
        }
        if (libsrtp != null) {
            libsrtp.close();
        }
        long before = sent + full;
        long bytes = 0;
        for (int i = 0; i < COUNTED; i++) {
            bytes += block(forward)[1];
        }
        long packets = sent + full - before;
        long ciphers = 0;
        for (int i = 0; i < COUNTED; i++) {
            ciphers += block(this::protectAlone)[1];
        }
        double nanos = (double) best / BLOCK / SUBSCRIBERS;
        System.out.printf(
                Locale.ROOT,
                "%-24s %s: %5.0f ns a packet, %.0f kpps on a core; %s; %.2f B a packet of our own over %,d packets"
                        + " (%.0f with the JDK's ciphers); %d not sent%n",
                profile,
                repairs ? "with RTX" : "plain",
                nanos,
                1e6 / nanos,
                libsrtp == null
                        ? "libsrtp not measured"
                        : String.format(Locale.ROOT, "libsrtp and sendto %d ns, %.2fx", c, c / nanos),
                (double) (bytes - ciphers) / packets,
                packets,
                (double) bytes / packets,
                full);
    }

    /**
     * Prints the figures for AES-CM and AES-GCM.
     *
     * @param args {@code plain} leaves retransmission out
     * @throws IOException if a socket cannot be opened, or the C program cannot be run
     * @throws InterruptedException if the compiler is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        boolean repairs = !List.of(args).contains("plain");
        Path program = Libsrtp.compile("fanout_cost");
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
        for (SrtpProfile profile : List.of(SrtpProfile.AES_CM_128_HMAC_SHA1_80, SrtpProfile.AEAD_AES_128_GCM)) {
            NioEnvironment environment = NioEnvironment.builder().loops(1).start();
            CompletableFuture<FanOutCost> made = new CompletableFuture<>();
            environment.loops().get(0).execute(() -> {
                try {
                    made.complete(new FanOutCost(environment, profile, repairs, targets));
                } catch (IOException | RuntimeException e) {
                    made.completeExceptionally(e);
                }
            });
            made.join().measure(profile, repairs, program);
            environment.close();
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

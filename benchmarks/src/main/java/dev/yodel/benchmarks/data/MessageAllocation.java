package dev.yodel.benchmarks.data;

import com.sun.management.ThreadMXBean;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Stats;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is allocated for a message of a data channel and for a packet, by all threads of both ends, one reliable ordered
 * channel, one array sent again and again. Arguments: sizes of messages (100, 1024 and 65535 unless told otherwise).
 */
public final class MessageAllocation {
    private static final int WARM_UP_SECONDS = 10;
    private static final int SECONDS = 5;
    private static final long MOST_WAITING_BYTES = 4 << 20;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private MessageAllocation() {}

    /** Two connections and a channel between them. */
    private static final class Pair {
        final PeerConnection a;
        final PeerConnection b;
        final DataChannel channel;
        final AtomicLong received = new AtomicLong();

        Pair(PeerConnectionFactory factory) throws Exception {
            a = factory.newPeerConnection();
            b = factory.newPeerConnection();
            a.onIceCandidate(event -> b.addIceCandidate(event.candidate()));
            b.onIceCandidate(event -> a.addIceCandidate(event.candidate()));
            b.onDataChannel(event -> event.channel().onMessage(message -> received.incrementAndGet()));
            channel = a.createDataChannel("allocation");
            CompletableFuture<Void> open = new CompletableFuture<>();
            channel.onOpen(() -> open.complete(null));
            a.setLocalDescription()
                    .thenCompose(b::setRemoteDescription)
                    .thenCompose(done -> b.setLocalDescription())
                    .thenCompose(a::setRemoteDescription);
            open.get(20, TimeUnit.SECONDS);
        }

        void send(byte[] message, int seconds) throws InterruptedException {
            long end = System.nanoTime() + seconds * 1_000_000_000L;
            while (System.nanoTime() < end) {
                channel.send(message);
                while (channel.bufferedAmount() > MOST_WAITING_BYTES) {
                    Thread.sleep(1);
                }
            }
        }

        long packets() throws Exception {
            long packets = 0;
            for (PeerConnection connection : new PeerConnection[] {a, b}) {
                for (Stats transport :
                        connection.getStats().get(10, TimeUnit.SECONDS).ofType("transport")) {
                    Double sent = transport.number("packetsSent");
                    packets += sent == null ? 0 : sent.longValue();
                }
            }
            return packets;
        }
    }

    private long allocatedBytes() {
        long sum = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }

    private void measure(PeerConnectionFactory factory, int size) throws Exception {
        Pair pair = new Pair(factory);
        byte[] message = new byte[size];
        pair.send(message, WARM_UP_SECONDS);
        long packets = pair.packets();
        long messages = pair.received.get();
        long bytes = allocatedBytes();
        pair.send(message, SECONDS);
        bytes = allocatedBytes() - bytes;
        messages = pair.received.get() - messages;
        packets = pair.packets() - packets;
        System.out.printf(
                Locale.ROOT,
                "%d bytes: %d allocated for a message, of which %d are the copy that is sent and the array that is received;"
                        + " %d for a packet, SACKs counted; %.2f packets a message%n",
                size,
                bytes / messages,
                2 * size,
                bytes / packets,
                (double) packets / messages);
        pair.a.close();
        pair.b.close();
    }

    /**
     * Runs and prints.
     *
     * @param args see the class
     * @throws Exception if a connection fails
     */
    public static void main(String[] args) throws Exception {
        MessageAllocation all = new MessageAllocation();
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            for (String size : args.length > 0 ? args : new String[] {"100", "1024", "65535"}) {
                all.measure(factory, Integer.parseInt(size));
            }
        }
    }
}

package dev.yodel.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.sctp.SctpAssociation;
import dev.yodel.sctp.SctpEvent;
import dev.yodel.sctp.SctpOptions;
import dev.yodel.sctp.SctpSendResult;
import dev.yodel.sctp.SendOptions;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * How fast is the SCTP core alone? Two associations back to back in one thread, without DTLS and UDP: megabytes a second of
 * CPU for both ends together, and what is allocated for a packet and for a message.
 */
public final class SctpLoopback {
    private static final int BATCH = 64;

    private final SctpAssociation sender = new SctpAssociation(SctpOptions.defaults(), new SctpSeed(1));
    private final SctpAssociation receiver = new SctpAssociation(SctpOptions.defaults(), new SctpSeed(2));
    private final byte[] packet = new byte[1500];
    private final byte[] payload;
    private long receivedMessages;

    private SctpLoopback(int messageBytes) {
        payload = new byte[messageBytes];
        for (int i = 0; i < messageBytes; i++) {
            payload[i] = (byte) (31 * i);
        }
        sender.connect(System.nanoTime());
        for (int i = 0; i < 5; i++) {
            move(sender, receiver);
            move(receiver, sender);
        }
        drainEvents();
    }

    /** Moves packets; at most a batch of them. */
    private int move(SctpAssociation from, SctpAssociation to) {
        long now = System.nanoTime();
        int count = 0;
        int length = from.pollTransmit(packet, 0, now);
        while (length > 0) {
            to.handlePacket(packet, 0, length, now);
            if (++count == BATCH) {
                return count;
            }
            length = from.pollTransmit(packet, 0, now);
        }
        return count;
    }

    private void drainEvents() {
        for (SctpEvent event = receiver.pollEvent(); event != null; event = receiver.pollEvent()) {
            if (event instanceof SctpEvent.Message message) {
                byte[] data = message.data();
                int last = data.length - 4;
                if (data.length != payload.length || Bytes.i32(data, last) != Bytes.i32(payload, last)) {
                    throw new IllegalStateException("a message came spoiled");
                }
                receivedMessages++;
            }
        }
    }

    private void run(long nanos) {
        long end = System.nanoTime() + nanos;
        long now = System.nanoTime();
        while (now < end) {
            boolean isAccepted = true;
            while (isAccepted && sender.bufferedAmount(1) < 1 << 20) {
                isAccepted = sender.send(1, 53, payload, SendOptions.RELIABLE, now) == SctpSendResult.ACCEPTED;
            }
            move(sender, receiver);
            drainEvents();
            move(receiver, sender);
            now = System.nanoTime();
            sender.handleTimeout(now);
            receiver.handleTimeout(now);
        }
    }

    private void measure(int rounds) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double best = 0;
        long allocated = 0;
        long packets = 0;
        long messages = 0;
        for (int round = 0; round < rounds; round++) {
            long packetsBefore =
                    sender.counters().packetsSent() + receiver.counters().packetsSent();
            long messagesBefore = receivedMessages;
            long bytesBefore = threads.getCurrentThreadAllocatedBytes();
            long cpuBefore = threads.getCurrentThreadCpuTime();
            run(Time.SECOND);
            double seconds = (threads.getCurrentThreadCpuTime() - cpuBefore) / 1e9;
            allocated = threads.getCurrentThreadAllocatedBytes() - bytesBefore;
            packets = sender.counters().packetsSent() + receiver.counters().packetsSent() - packetsBefore;
            messages = receivedMessages - messagesBefore;
            best = Math.max(best, messages * (double) payload.length / 1e6 / seconds);
        }
        // The array that a message is delivered in is its receiver's own and has to be allocated.
        long overhead = allocated - messages * (payload.length + 16L);
        System.out.printf(
                Locale.ROOT,
                "%6d-byte messages: best of %d rounds %5.0f MB per CPU second (both ends), %.0f packets a message both"
                        + " ways; allocated beside the message's own array: %.0f bytes a packet, %.0f bytes a message;"
                        + " retransmissions %d%n",
                payload.length,
                rounds,
                best,
                packets / (double) messages,
                overhead / (double) packets,
                overhead / (double) messages,
                sender.retransmissions());
    }

    /**
     * Prints the figures for messages of 64 KiB, 1 KiB and 100 bytes.
     *
     * @param args the count of rounds of a second each, 8 if it is left out; the first ones warm up
     */
    public static void main(String[] args) {
        int rounds = args.length == 0 ? 8 : Integer.parseInt(args[0]);
        for (int messageBytes : new int[] {65_536, 1_024, 100}) {
            new SctpLoopback(messageBytes).measure(rounds);
        }
    }
}

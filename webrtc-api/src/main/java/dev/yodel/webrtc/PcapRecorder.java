package dev.yodel.webrtc;

import dev.yodel.media.file.PcapWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what a factory's connections send and receive, in the clear, into a capture file for Wireshark: RTP on UDP
 * port 5004, RTCP on 5005 and SCTP on 9899, with made-up addresses. Give it to {@link Settings.Builder#packetTap}. A
 * thread of its own writes; what it cannot keep up with is dropped and counted. Any thread.
 */
public final class PcapRecorder implements PacketTap, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PcapRecorder.class);
    private static final int RTP_PORT = 5004;
    private static final int RTCP_PORT = 5005;
    /** RFC 6951 2: SCTP in UDP. */
    private static final int SCTP_PORT = 9899;

    private static final int MAX_WAITING_BYTES = 8 << 20;
    private static final long CLOSE_MILLIS = 2_000;

    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    private record Captured(long transport, boolean outgoing, int port, long wallNanos, byte[] data) {}

    private final Path file;
    private final PcapWriter writer;
    private final Thread thread;
    private final Object lock = new Object();

    // Guarded by lock.
    private final ArrayDeque<Captured> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private long packets;
    private long dropped;
    private boolean closed;
    private @Nullable IOException failure;

    private PcapRecorder(Path file) throws IOException {
        this.file = file;
        writer = PcapWriter.create(file);
        thread = new Thread(this::write, "yodel-pcap");
        thread.setDaemon(true);
    }

    /**
     * Creates or overwrites a file.
     *
     * @param file to write
     * @return a recorder; close it to end the file
     * @throws IOException if the file cannot be written
     */
    public static PcapRecorder to(Path file) throws IOException {
        PcapRecorder recorder = new PcapRecorder(Objects.requireNonNull(file, "file"));
        recorder.thread.start();
        return recorder;
    }

    @Override
    public void onPacket(
            long transport, boolean outgoing, Protocol protocol, long wallNanos, byte[] data, int offset, int length) {
        int port =
                switch (protocol) {
                    case RTP -> RTP_PORT;
                    case RTCP -> RTCP_PORT;
                    case SCTP -> SCTP_PORT;
                };
        synchronized (lock) {
            if (closed || failure != null) {
                return;
            }
            if (waitingBytes + length > MAX_WAITING_BYTES || length > PcapWriter.MAX_PAYLOAD_BYTES) {
                dropped++;
                return;
            }
            byte[] copy = Arrays.copyOfRange(data, offset, offset + length);
            waiting.add(new Captured(transport, outgoing, port, wallNanos, copy));
            waitingBytes += length;
            lock.notifyAll();
        }
    }

    private void write() {
        try (writer) {
            for (Captured next = take(); next != null; next = take()) {
                byte[] data = next.data;
                writer.write(next.outgoing, (int) next.transport, next.port, data, 0, data.length, next.wallNanos);
                synchronized (lock) {
                    packets++;
                }
            }
        } catch (IOException e) {
            LOG.warn("{} is not written any more: {}", file, e.getMessage());
            synchronized (lock) {
                failure = e;
                waiting.clear();
            }
        }
    }

    /** Waits for a packet; null when the recorder is closed and nothing is left. */
    private @Nullable Captured take() {
        synchronized (lock) {
            while (waiting.isEmpty() && !closed) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    // Nobody else has this thread; who interrupts it wants it to end.
                    closed = true;
                }
            }
            Captured next = waiting.poll();
            if (next != null) {
                waitingBytes -= next.data.length;
            }
            return next;
        }
    }

    /**
     * Packets in the file.
     *
     * @return a count so far
     */
    public long packets() {
        synchronized (lock) {
            return packets;
        }
    }

    /**
     * Packets that came faster than they could be written.
     *
     * @return a count so far
     */
    public long dropped() {
        synchronized (lock) {
            return dropped;
        }
    }

    /**
     * Ends the file with what came before; waits up to two seconds for that. Closing twice is harmless.
     *
     * @throws IOException if something could not be written, now or before
     */
    @Override
    public void close() throws IOException {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (lock) {
            if (failure != null) {
                throw failure;
            }
        }
    }

    @Override
    public String toString() {
        return "PcapRecorder " + file + ", " + packets() + " packets";
    }
}

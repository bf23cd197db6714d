package dev.yodel.dtls.bc;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.dtls.SeededRandom;
import dev.yodel.io.Time;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client and a server of Bouncy Castle with a pipe between them, on a virtual clock: real cryptography on real workers,
 * but time only passes when everybody is idle, so resends cost no waiting and results repeat.
 */
final class HandshakePair {
    static final DtlsCertificate CLIENT_CERTIFICATE =
            DtlsCertificate.generate(new SeededRandom(11), 1_790_000_000_000L);
    static final DtlsCertificate SERVER_CERTIFICATE =
            DtlsCertificate.generate(new SeededRandom(12), 1_790_000_000_000L);
    static final ExecutorService WORKERS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "dtls-test-worker");
        thread.setDaemon(true);
        return thread;
    });

    /** Decides a datagram's fate. */
    interface Pipe {
        /**
         * Carries a datagram.
         *
         * @param fromClient its direction
         * @param index its number in that direction, from 0
         * @param datagram the bytes
         * @return delays in nanoseconds, one for each copy that arrives
         */
        long[] carry(boolean fromClient, int index, byte[] datagram);
    }

    static final long ONE_WAY = 10 * Time.MILLISECOND;
    static final Pipe PERFECT = (fromClient, index, datagram) -> new long[] {ONE_WAY};

    @SuppressWarnings("ArrayRecordComponent")
    private record Arrival(long at, long order, boolean atServer, byte[] datagram) implements Comparable<Arrival> {
        @Override
        public int compareTo(Arrival other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    final BouncyCastleDtls factory = new BouncyCastleDtls(2, 16);
    final DtlsEndpoint client;
    final DtlsEndpoint server;
    final ArrayDeque<DtlsEvent> clientEvents = new ArrayDeque<>();
    final ArrayDeque<DtlsEvent> serverEvents = new ArrayDeque<>();
    final List<byte[]> fromClient = new ArrayList<>();
    final List<byte[]> fromServer = new ArrayList<>();
    final LinkedBlockingQueue<Runnable> posted = new LinkedBlockingQueue<>();
    Pipe pipe = PERFECT;
    /** Whether each record travels alone. */
    boolean tear;

    long now = 1_000 * Time.SECOND;

    private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>();
    private final byte[] buffer = new byte[20_000];
    private long order;
    List<DtlsFingerprint> announcedByServer = List.of(SERVER_CERTIFICATE.fingerprint());
    List<DtlsFingerprint> announcedByClient = List.of(CLIENT_CERTIFICATE.fingerprint());
    long rttNanos = 2 * ONE_WAY;

    HandshakePair() {
        this(DtlsOptions.of(CLIENT_CERTIFICATE), DtlsOptions.of(SERVER_CERTIFICATE));
    }

    HandshakePair(DtlsOptions clientOptions, DtlsOptions serverOptions) {
        client = endpoint(clientOptions, 21);
        server = endpoint(serverOptions, 22);
    }

    DtlsEndpoint endpoint(DtlsOptions options, long seed) {
        return factory.create(
                options,
                WORKERS,
                new SeededRandom(seed),
                new BouncyCastleEngine.Outlet(posted::add, () -> now, () -> {}));
    }

    HandshakePair start() {
        server.start(DtlsRole.SERVER, announcedByClient, rttNanos, now);
        client.start(DtlsRole.CLIENT, announcedByServer, rttNanos, now);
        return this;
    }

    /** Runs until nothing is left to do but wait for {@code limit} of virtual time from now. */
    HandshakePair run(long limit) {
        long end = now + limit;
        while (true) {
            settle();
            long next = Time.min(client.nextTimeout(), server.nextTimeout());
            Arrival arrival = arrivals.peek();
            if (arrival != null) {
                next = Time.min(next, arrival.at());
            }
            if (next > end) {
                now = end;
                return this;
            }
            now = Math.max(now, next);
            client.handleTimeout(now);
            server.handleTimeout(now);
            while (!arrivals.isEmpty() && arrivals.peek().at() <= now) {
                Arrival due = arrivals.remove();
                (due.atServer() ? server : client).handleDatagram(due.datagram(), 0, due.datagram().length, now);
                drain();
            }
        }
    }

    /** Runs until both are connected or one has ended, at most so long. */
    HandshakePair runUntilDone(long limit) {
        long end = now + limit;
        while (now < end && (client.state() == DtlsState.CONNECTING || server.state() == DtlsState.CONNECTING)) {
            run(Time.MILLISECOND);
        }
        return this;
    }

    /** Lets the workers finish and takes everything that comes out. */
    void settle() {
        while (true) {
            Runnable next = posted.poll();
            if (next == null) {
                drain();
                if (factory.isIdle() && posted.isEmpty()) {
                    drain();
                    return;
                }
                next = pollBriefly();
            }
            if (next != null) {
                next.run();
                drain();
            }
        }
    }

    private @Nullable Runnable pollBriefly() {
        try {
            return posted.poll(200, TimeUnit.MICROSECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void drain() {
        drainTransmits(client, true);
        drainTransmits(server, false);
        drainEvents(client, clientEvents);
        drainEvents(server, serverEvents);
    }

    private void drainTransmits(DtlsEndpoint endpoint, boolean isClient) {
        List<byte[]> sent = isClient ? fromClient : fromServer;
        for (int length = endpoint.pollTransmit(buffer, 0); length > 0; length = endpoint.pollTransmit(buffer, 0)) {
            byte[] datagram = Arrays.copyOf(buffer, length);
            int index = sent.size();
            sent.add(datagram.clone());
            for (byte[] part : tear ? LossTest.records(datagram) : List.of(datagram)) {
                for (long delay : pipe.carry(isClient, index, part)) {
                    arrivals.add(new Arrival(now + delay, order++, isClient, part.clone()));
                }
            }
        }
    }

    /** Application data is copied, as it is a view. */
    private static void drainEvents(DtlsEndpoint endpoint, ArrayDeque<DtlsEvent> events) {
        for (DtlsEvent event = endpoint.pollEvent(); event != null; event = endpoint.pollEvent()) {
            if (event instanceof DtlsEvent.ApplicationData view) {
                byte[] copy = Arrays.copyOfRange(view.data(), view.offset(), view.offset() + view.length());
                events.add(new DtlsEvent.ApplicationData(copy, 0, copy.length));
            } else {
                events.add(event);
            }
        }
    }

    boolean bothConnected() {
        return client.state() == DtlsState.CONNECTED && server.state() == DtlsState.CONNECTED;
    }

    DtlsEvent.Connected clientConnected() {
        return connected(clientEvents);
    }

    DtlsEvent.Connected serverConnected() {
        return connected(serverEvents);
    }

    private static DtlsEvent.Connected connected(ArrayDeque<DtlsEvent> events) {
        for (DtlsEvent event : events) {
            if (event instanceof DtlsEvent.Connected connected) {
                return connected;
            }
        }
        throw new AssertionError("not connected: " + events);
    }

    static DtlsEvent.@Nullable Failed failed(ArrayDeque<DtlsEvent> events) {
        for (DtlsEvent event : events) {
            if (event instanceof DtlsEvent.Failed failed) {
                return failed;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return "client " + client.state() + " " + clientEvents + " " + client.counters() + ", server " + server.state()
                + " " + serverEvents + " " + server.counters() + ", datagrams " + fromClient.size() + "+"
                + fromServer.size();
    }
}

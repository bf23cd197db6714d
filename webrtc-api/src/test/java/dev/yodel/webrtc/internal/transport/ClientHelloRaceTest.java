package dev.yodel.webrtc.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.loop.MediaClock;
import dev.yodel.webrtc.EncodedTrack;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Enable Security's race (ES2023-01 to 03) against the real handshake over real sockets: from the moment on at which an
 * address is known, somebody sends ClientHellos to it, a thousand a second from fifty ports, before, during and after the
 * handshake.
 */
final class ClientHelloRaceTest {
    private static final int SOURCES = 50;
    private static final int FRAMES = 25;
    private static final long ADDED_NANOS = 50_000_000L;

    private final NioEnvironment environment = NioEnvironment.builder().loops(2).start();
    private final MediaServices services =
            new MediaServices(environment, new MediaClock(environment, environment.nextLoop()));
    private final DtlsCertificate certificate =
            DtlsCertificate.generate(environment.random(), environment.wallClockMillis());

    @AfterEach
    void close() {
        environment.close();
    }

    /** Sprays from a thread of its own until it is closed, and counts what is answered. */
    private static final class Attacker implements AutoCloseable {
        private final List<InetSocketAddress> targets = new CopyOnWriteArrayList<>();
        private final List<DatagramChannel> sources = new ArrayList<>();
        private final byte[][] hellos;
        private final Thread thread = new Thread(this::spray, "hello-attacker");
        private volatile boolean stopped;
        private final AtomicLong sent = new AtomicLong();
        private final AtomicLong answered = new AtomicLong();
        private volatile @Nullable IOException failure;

        Attacker(long seed) throws IOException {
            Random random = new Random(seed);
            hellos = new byte[][] {
                ForeignHello.of(random, ForeignHello.GOOD_SUITE), ForeignHello.of(random, ForeignHello.NULL_SUITE)
            };
            for (int i = 0; i < SOURCES; i++) {
                DatagramChannel channel = DatagramChannel.open();
                channel.configureBlocking(false);
                sources.add(channel);
            }
            thread.setDaemon(true);
            thread.start();
        }

        private void spray() {
            ByteBuffer answer = ByteBuffer.allocate(2_048);
            for (int i = 0; !stopped; i++) {
                DatagramChannel source = sources.get(i % SOURCES);
                try {
                    for (InetSocketAddress target : targets) {
                        if (source.send(ByteBuffer.wrap(hellos[i % 2]), target) > 0) {
                            sent.incrementAndGet();
                        }
                    }
                    while (source.receive(answer.clear()) != null) {
                        answered.incrementAndGet();
                    }
                } catch (IOException e) {
                    failure = e;
                    return;
                }
                LockSupport.parkNanos(1_000_000);
            }
        }

        private void join() {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() throws IOException {
            stopped = true;
            join();
            ByteBuffer answer = ByteBuffer.allocate(2_048);
            for (DatagramChannel source : sources) {
                while (source.receive(answer.clear()) != null) {
                    answered.incrementAndGet();
                }
                source.close();
            }
        }
    }

    private TransportEnd end(int loop) throws Exception {
        return new TransportEnd(environment, environment.loops().get(loop), services, certificate);
    }

    /**
     * One session, with media both ways.
     *
     * @return nanoseconds until both ends were connected
     */
    private long session(@Nullable Attacker attacker, int number) throws Exception {
        TransportEnd a = end(0);
        TransportEnd b = end(1);
        if (attacker != null) {
            for (TransportEnd each : List.of(a, b)) {
                each.onCandidate = candidate -> {
                    InetSocketAddress address = candidate.socketAddress();
                    if (address != null) {
                        attacker.targets.add(address);
                    }
                };
            }
        }
        DtlsRole role = number % 2 == 0 ? DtlsRole.CLIENT : DtlsRole.SERVER;
        long begun = System.nanoTime();
        a.start(b, true, role, 1111);
        b.start(a, false, role == DtlsRole.CLIENT ? DtlsRole.SERVER : DtlsRole.CLIENT, 2222);
        a.connected.get(30, TimeUnit.SECONDS);
        b.connected.get(30, TimeUnit.SECONDS);
        long took = System.nanoTime() - begun;
        EncodedTrack voice = EncodedTrack.opus("voice");
        a.sender.source((TrackSource) voice);
        // B is an echo: what it receives it sends.
        b.sender.source(b.track);
        for (int i = 0; i < FRAMES; i++) {
            voice.write(EncodedFrame.ofDuration(new byte[] {1, 2, 3, (byte) i}, 20_000_000));
            assertThat(a.packets.poll(10, TimeUnit.SECONDS))
                    .as("frame %d of session %d", i, number)
                    .isNotNull();
        }
        for (TransportEnd each : List.of(a, b)) {
            assertThat(each.onLoop(each.stack::snapshot).dtlsState()).isEqualTo(DtlsState.CONNECTED);
        }
        if (attacker != null) {
            attacker.targets.clear();
        }
        a.run(a.stack::close);
        b.run(b.stack::close);
        return took;
    }

    private static long median(List<Long> values) {
        List<Long> sorted = new ArrayList<>(values);
        sorted.sort(Long::compare);
        return sorted.get(sorted.size() / 2);
    }

    private void race(int sessions) throws Exception {
        long seed = 2023;
        List<Long> quiet = new ArrayList<>();
        List<Long> attacked = new ArrayList<>();
        Attacker attacker = new Attacker(seed);
        try (attacker) {
            session(null, 0);
            for (int i = 0; i < sessions; i++) {
                // In turn, so that a machine that grows slower does not look like an attack.
                quiet.add(session(null, i));
                attacked.add(session(attacker, i));
            }
        }
        long sent = attacker.sent.get();
        System.out.printf(
                Locale.ROOT,
                "%d sessions raced by %d hellos: connected after %.1f ms, %.1f ms without (medians), seed %d%n",
                sessions,
                sent,
                median(attacked) / 1e6,
                median(quiet) / 1e6,
                seed);
        assertThat(attacker.failure).isNull();
        assertThat(attacker.answered).as("datagrams to the attacker").hasValue(0);
        assertThat(sent).isGreaterThan(10L * sessions);
        assertThat(median(attacked) - median(quiet)).as("added to the set-up").isLessThan(ADDED_NANOS);
    }

    @Test
    void I04_D09_realHandshakesAreNeitherWonNorDelayedByForeignHellos() throws Exception {
        race(20);
    }

    @Test
    @Tag("long")
    void I04_D09_twoHundredRealHandshakesAreNeitherWonNorDelayed() throws Exception {
        race(200);
    }

    @Test
    void I04_theForeignHelloIsTheOneOfTheAdvisory() {
        byte[] hello = ForeignHello.of(new Random(1), ForeignHello.NULL_SUITE);
        assertThat(hello).hasSize(137);
        assertThat(HexFormat.of().formatHex(hello, 0, 27))
                .isEqualTo("16feff0000000000000000007c010000700000000000000070fefd");
        assertThat(HexFormat.of().formatHex(hello, 59, 71)).isEqualTo("000000020000010000440017");
    }
}

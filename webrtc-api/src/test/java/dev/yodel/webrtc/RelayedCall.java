package dev.yodel.webrtc;

import dev.yodel.io.NetworkAddress;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.media.EncodedFrame;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A call over real sockets through a {@link FaultyRelay}, with voice and a data channel both ways, and what it saw. */
final class RelayedCall implements AutoCloseable {
    /** One end. */
    static final class Side {
        final PeerConnection connection;
        final EncodedTrack voice;
        final RtpSender sender;
        final List<ConnectionState> states = new CopyOnWriteArrayList<>();
        final List<String> words = new CopyOnWriteArrayList<>();
        final AtomicInteger heard = new AtomicInteger();
        volatile @Nullable DataChannel channel;

        Side(PeerConnection connection, String name) {
            this.connection = connection;
            voice = EncodedTrack.opus(name);
            sender = connection.addTrack(voice);
            connection.onConnectionStateChange(() -> states.add(connection.connectionState()));
            connection.onTrack(event -> event.track().onRtp(packet -> heard.incrementAndGet()));
        }

        void channel(DataChannel value) {
            channel = value;
            value.onMessage(message -> words.add(message.text()));
        }

        boolean is(ConnectionState wanted) {
            return connection.connectionState() == wanted;
        }

        DataChannel channel() {
            return Objects.requireNonNull(channel, "no channel yet");
        }

        DtlsTransport dtls() {
            return Objects.requireNonNull(sender.transport(), "no transport yet");
        }
    }

    final FaultyRelay relay;
    final Side a;
    final Side b;
    private final long seed;
    private final ScheduledExecutorService talking = Executors.newSingleThreadScheduledExecutor();

    RelayedCall(PeerConnectionFactory factoryA, PeerConnectionFactory factoryB, long seed) throws IOException {
        this.seed = seed;
        relay = new FaultyRelay(address(), seed);
        a = new Side(factoryA.newPeerConnection(), "a");
        b = new Side(factoryB.newPeerConnection(), "b");
        a.channel(a.connection.createDataChannel("words"));
        b.connection.onDataChannel(event -> {
            if (event.channel().label().equals("words")) {
                b.channel(event.channel());
            }
        });
        carry(a.connection, b.connection, relay::candidateForB);
        carry(b.connection, a.connection, relay::candidateForA);
    }

    /** An address of this machine that both ends have candidates of. */
    private static InetAddress address() throws IOException {
        try (NioEnvironment environment = NioEnvironment.create()) {
            return environment.networkAddresses().stream()
                    .map(NetworkAddress::address)
                    .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress())
                    .findFirst()
                    .orElse(InetAddress.getLoopbackAddress());
        }
    }

    private static void carry(
            PeerConnection from, PeerConnection to, Function<IceCandidate, @Nullable IceCandidate> through) {
        from.onIceCandidate(event -> {
            IceCandidate candidate = event.candidate();
            IceCandidate passed = candidate == null ? null : through.apply(candidate);
            if (passed != null) {
                to.addIceCandidate(passed);
            }
        });
    }

    /** The description without candidates: those go through the relay. */
    private static SessionDescription bare(SessionDescription description) {
        StringBuilder text = new StringBuilder();
        description
                .sdp()
                .lines()
                .filter(line -> !line.startsWith("a=candidate:") && !line.startsWith("a=end-of-candidates"))
                .forEach(line -> text.append(line).append("\r\n"));
        return new SessionDescription(description.type(), text.toString());
    }

    /** Begins the call; {@link #connected} tells when it stands. */
    RelayedCall begin() {
        a.connection
                .setLocalDescription()
                .thenCompose(offer -> b.connection.setRemoteDescription(bare(offer)))
                .thenCompose(done -> b.connection.setLocalDescription())
                .thenCompose(answer -> a.connection.setRemoteDescription(bare(answer)));
        return this;
    }

    boolean connected() {
        return a.is(ConnectionState.CONNECTED) && b.is(ConnectionState.CONNECTED);
    }

    /** Stands, talks, and has a channel. */
    RelayedCall talking() {
        begin();
        await("connected", 30_000, this::connected);
        byte[] frame = {(byte) 0x78, 1, 2};
        talking.scheduleAtFixedRate(
                () -> {
                    a.voice.write(EncodedFrame.ofDuration(frame, 20_000_000));
                    b.voice.write(EncodedFrame.ofDuration(frame, 20_000_000));
                },
                0,
                20,
                TimeUnit.MILLISECONDS);
        await("both are heard", 10_000, () -> a.heard.get() > 10 && b.heard.get() > 10);
        await(
                "the channel is open",
                10_000,
                () -> a.channel().readyState() == DataChannelState.OPEN
                        && b.channel != null
                        && b.channel().readyState() == DataChannelState.OPEN);
        return this;
    }

    /** Waits at most so long; fails with what is known of the call. Gives the milliseconds that it took. */
    long await(String what, long limitMillis, BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begun > limitMillis * 1_000_000) {
                throw new AssertionError("not within " + limitMillis + " ms: " + what + "; " + this);
            }
            LockSupport.parkNanos(2_000_000);
        }
        return (System.nanoTime() - begun) / 1_000_000;
    }

    static void pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** The words that one side says come to the other, whatever was lost meanwhile. */
    void exchange(String word) {
        a.channel().send(word);
        b.channel().send(word);
        await(word + " arrives", 20_000, () -> a.words.contains(word) && b.words.contains(word));
    }

    @Override
    public String toString() {
        return "seed " + seed + ", a " + a.states + " heard " + a.heard + ", b " + b.states + " heard " + b.heard;
    }

    @Override
    public void close() throws IOException {
        talking.shutdownNow();
        a.connection.close();
        b.connection.close();
        relay.close();
    }
}

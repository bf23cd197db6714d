package dev.yodel.interop.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Polling;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.PeerConnectionIceErrorEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Two connections of ours that have nothing but relays, and numbers on an unreliable channel, every 20 ms. */
final class RelayedCall implements AutoCloseable {
    final PeerConnection a;
    final PeerConnection b;
    final List<ConnectionState> states = new CopyOnWriteArrayList<>();
    final List<PeerConnectionIceErrorEvent> errors = new CopyOnWriteArrayList<>();
    private final AtomicInteger arrived = new AtomicInteger();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    RelayedCall(PeerConnectionFactory factory, Configuration configuration) throws Exception {
        a = factory.newPeerConnection(configuration);
        b = factory.newPeerConnection(configuration);
        carry(a, b);
        carry(b, a);
        for (final PeerConnection each : List.of(a, b)) {
            each.onConnectionStateChange(() -> states.add(each.connectionState()));
            each.onIceCandidateError(errors::add);
        }
        final DataChannel numbers = a.createDataChannel(
                "numbers",
                dev.yodel.webrtc.DataChannelInit.builder()
                        .ordered(false)
                        .maxRetransmits(0)
                        .build());
        final CompletableFuture<Void> open = new CompletableFuture<>();
        numbers.onOpen(() -> open.complete(null));
        b.onDataChannel(event -> event.channel().onMessage(message -> arrived.incrementAndGet()));
        negotiate();
        open.get(60, TimeUnit.SECONDS);
        timer.scheduleAtFixedRate(() -> numbers.send("x"), 0, 20, TimeUnit.MILLISECONDS);
        awaitNumbers("the first numbers", 60);
    }

    private static void carry(PeerConnection from, PeerConnection to) {
        from.onIceCandidate(event -> {
            final IceCandidate candidate = event.candidate();
            if (candidate != null) {
                to.addIceCandidate(candidate);
            }
        });
    }

    void negotiate() throws Exception {
        b.setRemoteDescription(a.setLocalDescription().get(20, TimeUnit.SECONDS))
                .get(20, TimeUnit.SECONDS);
        a.setRemoteDescription(b.setLocalDescription().get(20, TimeUnit.SECONDS))
                .get(20, TimeUnit.SECONDS);
    }

    /** Twenty more have arrived. */
    void awaitNumbers(String what, int seconds) {
        final int before = arrived.get();
        try {
            Polling.until(what, seconds, () -> arrived.get() > before + 20 ? true : null);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; states " + states + ", errors " + errors, e);
        }
    }

    /** Nothing has arrived for a second. */
    void awaitSilence(int seconds) {
        final long[] last = {arrived.get(), System.nanoTime()};
        Polling.until("silence", seconds, () -> {
            if (arrived.get() != last[0]) {
                last[0] = arrived.get();
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > 1_000_000_000L ? true : null;
        });
    }

    void neverFailed() {
        assertThat(states).doesNotContain(ConnectionState.FAILED);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        a.close();
        b.close();
    }
}

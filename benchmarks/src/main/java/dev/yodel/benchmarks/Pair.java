package dev.yodel.benchmarks;

import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Two connections that call each other in one process, with trickled candidates and encoded audio. */
final class Pair implements AutoCloseable {
    final PeerConnection a;
    final PeerConnection b;
    final EncodedTrack voiceA = EncodedTrack.opus("voice-a");
    final EncodedTrack voiceB = EncodedTrack.opus("voice-b");
    final AtomicLong heardByA = new AtomicLong();
    final AtomicLong heardByB = new AtomicLong();

    Pair(PeerConnectionFactory factory) {
        a = factory.newPeerConnection();
        b = factory.newPeerConnection();
        a.addTrack(voiceA);
        b.addTrack(voiceB);
        a.onIceCandidate(event -> b.addIceCandidate(event.candidate()));
        b.onIceCandidate(event -> a.addIceCandidate(event.candidate()));
    }

    /** Counts the packets that each side hears. */
    void count() {
        a.onTrack(event -> event.track().onRtp(packet -> heardByA.incrementAndGet()));
        b.onTrack(event -> event.track().onRtp(packet -> heardByB.incrementAndGet()));
    }

    /** Completes when both are connected. */
    CompletableFuture<Void> connect() {
        CompletableFuture<Void> connected = CompletableFuture.allOf(a.connected(), b.connected());
        a.setLocalDescription()
                .thenCompose(b::setRemoteDescription)
                .thenCompose(done -> b.setLocalDescription())
                .thenCompose(a::setRemoteDescription)
                .exceptionally(error -> {
                    connected.completeExceptionally(error);
                    return null;
                });
        return connected;
    }

    @Override
    public void close() {
        a.close();
        b.close();
    }
}

package dev.yodel.frameworks;

import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import java.util.concurrent.CompletableFuture;

final class Calls implements AutoCloseable {
    static final int MAX_OFFER_BYTES = 100_000;

    private final PeerConnectionFactory factory = PeerConnectionFactory.create();

    CompletableFuture<String> answer(String offer) {
        PeerConnection pc = factory.newPeerConnection();
        pc.onConnectionStateChange(() -> { if (pc.connectionState() == ConnectionState.FAILED) pc.close(); });
        pc.onTrack(event -> pc.addTrack(event.track()));                    // an echo; yours does something else
        return pc.setRemoteDescription(SessionDescription.offer(offer))
                .thenCompose(done -> pc.setLocalDescription())
                .thenCompose(done -> pc.gatheringComplete())
                .thenApply(SessionDescription::sdp)
                .whenComplete((sdp, error) -> { if (error != null) pc.close(); });
    }

    @Override
    public void close() { factory.close(); }
}

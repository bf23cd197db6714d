package dev.yodel.consumer;

import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Two peers in one program, over real sockets: offer, answer, candidates, DTLS, SRTP, and a frame that arrives. */
public final class Connect {
    private Connect() {}

    /** Prints one line and ends with status 0 when both sides are connected and a frame has arrived; fails otherwise. */
    public static void main(String[] arguments) throws Exception {
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection alice = factory.newPeerConnection();
                PeerConnection bob = factory.newPeerConnection()) {
            // Signaling: in real life these go over a WebSocket, here from hand to hand.
            alice.onIceCandidate(event -> bob.addIceCandidate(event.candidate()));
            bob.onIceCandidate(event -> alice.addIceCandidate(event.candidate()));

            var voice = EncodedTrack.pcmu("voice");
            alice.addTrack(voice);
            var heard = new CompletableFuture<EncodedFrame>();
            bob.onTrack(event -> event.track().onFrame(heard::complete));

            alice.setLocalDescription()
                    .thenCompose(offer -> bob.setRemoteDescription(offer))
                    .thenCompose(done -> bob.setLocalDescription())
                    .thenCompose(answer -> alice.setRemoteDescription(answer))
                    .join();
            alice.connected().get(20, TimeUnit.SECONDS);
            bob.connected().get(20, TimeUnit.SECONDS);
            for (int i = 0; i < 500 && !heard.isDone(); i++) {
                voice.write(EncodedFrame.ofDuration(new byte[160], TimeUnit.MILLISECONDS.toNanos(20)));
                TimeUnit.MILLISECONDS.sleep(20);
            }
            System.out.println("heard " + heard.get(1, TimeUnit.SECONDS));
            System.out.println("connected: " + alice.connectionState() + " and " + bob.connectionState() + ", as "
                    + (Connect.class.getModule().isNamed() ? "a named module" : "the unnamed module"));
        }
    }
}

package dev.yodel.consumer;

import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.util.concurrent.TimeUnit;

/** Two peers in one program, connected over real sockets: offer, answer, candidates, DTLS, SRTP. */
public final class Connect {
    private Connect() {}

    /** Prints one line and ends with status 0 when both sides are connected; fails otherwise. */
    public static void main(String[] arguments) throws Exception {
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection alice = factory.newPeerConnection();
                PeerConnection bob = factory.newPeerConnection()) {
            alice.onIceCandidate(event -> bob.addIceCandidate(event.candidate()));
            bob.onIceCandidate(event -> alice.addIceCandidate(event.candidate()));
            alice.addTrack(EncodedTrack.opus("voice"));

            alice.setLocalDescription()
                    .thenCompose(bob::setRemoteDescription)
                    .thenCompose(done -> bob.setLocalDescription())
                    .thenCompose(alice::setRemoteDescription)
                    .get(10, TimeUnit.SECONDS);
            alice.connected().get(20, TimeUnit.SECONDS);
            bob.connected().get(20, TimeUnit.SECONDS);
            System.out.println("connected: " + alice.connectionState() + " and " + bob.connectionState() + ", as "
                    + (Connect.class.getModule().isNamed() ? "a named module" : "the unnamed module"));
        }
    }
}

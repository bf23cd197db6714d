import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * A server whose connections all share one UDP port, and which tells its public address: for NATs that map one to one
 * and for containers with one published port ({@code docker run -p 40000:7503/udp}).
 */
public final class OnePort {
    private static final int CLIENTS = 20;

    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        Settings.Builder settings = Settings.builder().udpMux(port, 1);
        if (arguments.length > 1) {
            settings.ice(ice -> ice.publicAddress(arguments[1]));
        }
        try (PeerConnectionFactory server =
                        PeerConnectionFactory.builder().settings(settings.build()).build();
                PeerConnectionFactory clients = PeerConnectionFactory.create()) {
            List<PeerConnection> connected = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                connected.add(connect(server, clients, i == 0));
            }
            connected.forEach(pc -> pc.connected().join());
            System.out.println(connected.size() + " connections on UDP port " + port);
        }
    }

    /** What an HTTP request would carry: an offer one way, an answer the other. */
    private static PeerConnection connect(
            PeerConnectionFactory server, PeerConnectionFactory clients, boolean show) {
        PeerConnection client = clients.newPeerConnection();
        PeerConnection serving = server.newPeerConnection();
        client.createDataChannel("talk");
        client.setLocalDescription()
                .thenCompose(done -> client.gatheringComplete())
                .thenCompose(offer -> serving.setRemoteDescription(offer))
                .thenCompose(done -> serving.setLocalDescription())
                .thenCompose(done -> serving.gatheringComplete())
                .thenCompose(answer -> {
                    if (show) {
                        answer.sdp().lines().filter(line -> line.startsWith("a=candidate")).forEach(System.out::println);
                    }
                    return client.setRemoteDescription(answer);
                })
                .join();
        return client;
    }
}

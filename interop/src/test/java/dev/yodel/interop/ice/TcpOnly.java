package dev.yodel.interop.ice;

import dev.yodel.interop.data.DataPeer;
import dev.yodel.webrtc.SessionDescription;
import java.util.List;
import java.util.stream.Collectors;

/** Signaling that lets no UDP candidate through. */
final class TcpOnly implements DataPeer {
    private final DataPeer peer;

    TcpOnly(DataPeer peer) {
        this.peer = peer;
    }

    private static SessionDescription tcp(SessionDescription description) {
        final String sdp = description
                .sdp()
                .lines()
                .filter(line -> !line.startsWith("a=candidate:")
                        || line.toLowerCase(java.util.Locale.ROOT).contains(" tcp "))
                .collect(Collectors.joining("\r\n", "", "\r\n"));
        return new SessionDescription(description.type(), sdp);
    }

    @Override
    public SessionDescription offer() throws Exception {
        return tcp(peer.offer());
    }

    @Override
    public SessionDescription answer(SessionDescription offer) throws Exception {
        return tcp(peer.answer(tcp(offer)));
    }

    @Override
    public void accept(SessionDescription answer) throws Exception {
        peer.accept(tcp(answer));
    }

    @Override
    public List<String> story() {
        return peer.story();
    }

    @Override
    public void close() {
        peer.close();
    }
}

package dev.yodel.ice.loop;

import dev.yodel.ice.DataSource;
import dev.yodel.io.Datagram;
import dev.yodel.io.UdpPort;

/**
 * Where does a datagram go that came to a shared port from an address of a connection's peer? Data goes the short way: all
 * that it takes stands in this one object. STUN that nobody else wanted, and what does not count, goes the long way. Loop
 * thread only.
 */
final class PeerSource extends DataSource implements UdpPort.Handler {
    private final int socketId;
    private final IceSockets.Owner owner;
    private IceConnection.Listener data;

    PeerSource(int socketId, IceSockets.Owner owner, IceConnection.Listener data) {
        this.socketId = socketId;
        this.owner = owner;
        this.data = data;
    }

    /** Gives data to another listener from now on. */
    void handOver(IceConnection.Listener next) {
        data = next;
    }

    @Override
    public int glance() {
        return look() + (data == owner ? 1 : 0);
    }

    @Override
    public void onDatagram(Datagram datagram) {
        if (datagram.length > 0
                && (datagram.data[datagram.offset] & 0xFF) > IceSockets.LAST_STUN_BYTE
                && takes(datagram.length, datagram.receivedNanos)) {
            data.onDatagram(datagram);
        } else {
            owner.onDatagram(socketId, datagram);
        }
    }
}

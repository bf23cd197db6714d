package dev.yodel.ice.turn;

import java.net.InetSocketAddress;

/** One relayed transport address: a socket towards peers. Belongs to one allocation, or waits to be claimed. */
final class Relay {
    final int socketId;
    final RelayAddress address;
    /** Where the socket is to be, and then is. */
    InetSocketAddress local;
    /** What clients and peers know it by. */
    InetSocketAddress advertised;

    boolean open;

    Relay(int socketId, RelayAddress address, int port) {
        this.socketId = socketId;
        this.address = address;
        this.local = new InetSocketAddress(address.local(), port);
        this.advertised = new InetSocketAddress(address.advertised(), port);
    }

    boolean isIpv4() {
        return address.local().getAddress().length == 4;
    }

    @Override
    public String toString() {
        return "Relay[" + local + (open ? "]" : " not open]");
    }
}

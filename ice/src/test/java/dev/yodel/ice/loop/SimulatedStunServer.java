package dev.yodel.ice.loop;

import dev.yodel.ice.StunServer;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.io.Datagram;
import dev.yodel.io.UdpPort;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A STUN server in a simulated world. */
final class SimulatedStunServer implements UdpPort.Handler {
    final StunServer address;
    private @Nullable UdpPort port;
    int requests;

    private SimulatedStunServer(StunServer address) {
        this.address = address;
    }

    static SimulatedStunServer on(Simulator simulator, SimulatedHost host) {
        String literal = host.address().getHostAddress();
        SimulatedStunServer server = new SimulatedStunServer(new StunServer(literal, 3478));
        server.port = simulator.onLoop(
                host.loop(), () -> host.loop().openUdp(new InetSocketAddress(host.address(), 3478), server));
        return server;
    }

    @Override
    public void onDatagram(Datagram datagram) {
        StunMessage request = StunMessage.parse(datagram.data, datagram.offset, datagram.length);
        UdpPort open = port;
        if (request != null && open != null) {
            requests++;
            byte[] response = StunWriter.success(request)
                    .xorAddress(StunAttribute.XOR_MAPPED_ADDRESS, datagram.remote)
                    .fingerprint()
                    .toByteArray();
            open.send(response, 0, response.length, datagram.remote);
        }
    }
}

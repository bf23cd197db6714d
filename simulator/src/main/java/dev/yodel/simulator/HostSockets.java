package dev.yodel.simulator;

import dev.yodel.io.NetworkAddress;
import dev.yodel.io.SendResult;
import dev.yodel.io.StreamAcceptor;
import dev.yodel.io.StreamPort;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The sockets of one simulated host: which are open, which gets a packet, and where does a packet leave? */
final class HostSockets {
    static final int EPHEMERAL_PORTS = 28_000;
    private static final int FIRST_EPHEMERAL_PORT = 32_768;
    private static final InetAddress LOOPBACK_6 = Simulator.address("::1");
    private static final long LOOPBACK_NANOS = 20_000;
    private static final int LARGEST_UDP_PAYLOAD = 65_507;

    private final SimulatedHost host;
    private final Simulator simulator;
    private final Map<InetSocketAddress, SimulatedUdpPort> udpPorts = new LinkedHashMap<>();
    private final Set<SimulatedUdpPort> multicastPorts = new LinkedHashSet<>();
    private final Map<InetSocketAddress, SimulatedAcceptor> acceptors = new LinkedHashMap<>();
    private final Set<SimulatedStream> streams = new LinkedHashSet<>();
    private @Nullable SendFault sendFault;
    private int opensToFail;
    private boolean icmpRefusesNextSend;
    private int icmpErrors;
    private int nextPort;

    HostSockets(SimulatedHost host, int firstPort) {
        this.host = host;
        this.simulator = host.simulator();
        this.nextPort = firstPort;
    }

    void sendFault(@Nullable SendFault fault) {
        sendFault = fault;
    }

    void icmpRefusesNextSend(boolean refuses) {
        icmpRefusesNextSend = refuses;
    }

    int icmpErrors() {
        return icmpErrors;
    }

    void failOpens(int count) {
        opensToFail = count;
    }

    void resetStreams() {
        new ArrayList<>(streams).forEach(SimulatedStream::breakOff);
    }

    List<String> open() {
        List<String> result = new ArrayList<>();
        udpPorts.values().forEach(port -> result.add(port.toString()));
        multicastPorts.forEach(port -> result.add(port.toString()));
        acceptors.values().forEach(acceptor -> result.add(acceptor.toString()));
        streams.forEach(stream -> result.add(stream.toString()));
        return List.copyOf(result);
    }

    /** An address is gone: what was bound to it fails. */
    void lost(InetAddress address) {
        List<SimulatedUdpPort> ports = new ArrayList<>(udpPorts.values());
        ports.addAll(multicastPorts);
        for (SimulatedUdpPort port : ports) {
            if (port.localAddress().getAddress().equals(address)) {
                port.failLater("its interface is gone");
            }
        }
        for (SimulatedStream stream : new ArrayList<>(streams)) {
            if (stream.localAddress().getAddress().equals(address)) {
                stream.breakOff();
            }
        }
    }

    void close() {
        new ArrayList<>(udpPorts.values()).forEach(SimulatedUdpPort::drop);
        new ArrayList<>(multicastPorts).forEach(SimulatedUdpPort::drop);
        new ArrayList<>(acceptors.values()).forEach(SimulatedAcceptor::drop);
        new ArrayList<>(streams).forEach(SimulatedStream::drop);
    }

    UdpPort openUdp(SimulatedLoop loop, InetSocketAddress local, UdpPort.Handler handler) throws IOException {
        InetSocketAddress bound = bind(local, udpPorts.keySet());
        SimulatedUdpPort port = new SimulatedUdpPort(host, loop, bound, null, handler);
        udpPorts.put(bound, port);
        return port;
    }

    UdpPort openMulticast(SimulatedLoop loop, InetSocketAddress group, NetworkAddress on, UdpPort.Handler handler)
            throws IOException {
        InetAddress address = group.getAddress();
        if (address == null || !address.isMulticastAddress()) {
            throw new IllegalArgumentException("no multicast address: " + group);
        }
        checkOpen();
        if (host.attachment(on.address()) == null) {
            throw new IOException("the interface " + on.interfaceName() + " is gone or cannot do multicast");
        }
        InetSocketAddress local = new InetSocketAddress(on.address(), group.getPort());
        SimulatedUdpPort port = new SimulatedUdpPort(host, loop, local, address, handler);
        multicastPorts.add(port);
        return port;
    }

    StreamPort connect(
            SimulatedLoop loop,
            InetSocketAddress local,
            InetSocketAddress remote,
            boolean shared,
            StreamPort.Handler handler)
            throws IOException {
        if (remote.isUnresolved()) {
            throw new IllegalArgumentException("give a resolved address, not a host name: " + remote);
        }
        InetSocketAddress bound = bind(local, shared ? Set.of() : tcpPorts());
        if (stream(bound, remote) != null) {
            throw new BindException("Cannot assign requested address " + local + ": connected to " + remote);
        }
        SimulatedStream stream = new SimulatedStream(host, loop, bound, remote, handler);
        streams.add(stream);
        StreamOpening opening = new StreamOpening(stream);
        Packet packet = simulator.packet(Packet.Protocol.TCP, host.name(), bound, remote, new byte[0]);
        stream.awaitOpening();
        if (simulator.passes(packet)) {
            if (isOwn(remote.getAddress())) {
                simulator.at(simulator.now() + LOOPBACK_NANOS, () -> arriveStream(packet, opening));
            } else {
                Attachment from = sendingFrom(bound.getAddress(), remote.getAddress());
                if (from == null) {
                    stream.refusedAtOnce("no route");
                } else {
                    from.network.send(from, packet, opening);
                }
            }
        }
        return stream;
    }

    /** What a stream or a listener of its own port may not be bound to. */
    private Set<InetSocketAddress> tcpPorts() {
        Set<InetSocketAddress> taken = new LinkedHashSet<>(acceptors.keySet());
        streams.forEach(stream -> taken.add(stream.localAddress()));
        return taken;
    }

    private @Nullable SimulatedStream stream(InetSocketAddress local, InetSocketAddress remote) {
        for (SimulatedStream stream : streams) {
            if (stream.localAddress().equals(local) && stream.remoteAddress().equals(remote)) {
                return stream;
            }
        }
        return null;
    }

    StreamAcceptor listen(SimulatedLoop loop, InetSocketAddress local, boolean shared, StreamAcceptor.Handler handler)
            throws IOException {
        InetSocketAddress bound = bind(local, shared && local.getPort() == 0 ? tcpPorts() : acceptors.keySet());
        SimulatedAcceptor acceptor = new SimulatedAcceptor(host, loop, bound, handler);
        acceptors.put(bound, acceptor);
        return acceptor;
    }

    private void checkOpen() throws IOException {
        if (host.isClosed()) {
            throw new IOException("the environment is closed");
        }
        if (opensToFail > 0) {
            opensToFail--;
            throw new IOException("Too many open files");
        }
    }

    private InetSocketAddress bind(InetSocketAddress local, Set<InetSocketAddress> taken) throws IOException {
        InetAddress address = local.getAddress();
        if (address == null) {
            throw new IllegalArgumentException("give a resolved address, not a host name: " + local);
        }
        checkOpen();
        if (!address.isAnyLocalAddress() && !isOwn(address)) {
            throw new BindException("Cannot assign requested address " + local);
        }
        if (local.getPort() != 0) {
            if (taken.contains(local)) {
                throw new BindException("Address already in use " + local);
            }
            return local;
        }
        for (int i = 0; i < EPHEMERAL_PORTS; i++) {
            int port = FIRST_EPHEMERAL_PORT + Math.floorMod(nextPort++, EPHEMERAL_PORTS);
            InetSocketAddress chosen = new InetSocketAddress(address, port);
            if (!taken.contains(chosen)) {
                return chosen;
            }
        }
        throw new BindException("no port left on " + address);
    }

    private boolean isOwn(InetAddress address) {
        return address.equals(SimulatedHost.LOOPBACK_4)
                || address.equals(LOOPBACK_6)
                || host.attachment(address) != null;
    }

    private @Nullable Attachment sendingFrom(InetAddress local, InetAddress remote) {
        if (!local.isAnyLocalAddress()) {
            return local.getClass() == remote.getClass() ? host.attachment(local) : null;
        }
        for (Attachment each : host.attachments()) {
            if (each.address.getClass() == remote.getClass()) {
                return each;
            }
        }
        return null;
    }

    SendResult send(SimulatedUdpPort port, byte[] data, InetSocketAddress remote) {
        if (data.length > LARGEST_UDP_PAYLOAD || remote.getPort() == 0 || remote.isUnresolved()) {
            return SendResult.REFUSED;
        }
        InetSocketAddress local = port.localAddress();
        InetAddress target = remote.getAddress();
        boolean toSelf = isOwn(target);
        Attachment from = toSelf ? null : sendingFrom(local.getAddress(), target);
        if (!toSelf && from == null) {
            return SendResult.REFUSED;
        }
        InetSocketAddress source = local;
        if (local.getAddress().isAnyLocalAddress()) {
            source = new InetSocketAddress(from == null ? target : from.address, local.getPort());
        }
        Packet packet = simulator.packet(Packet.Protocol.UDP, host.name(), source, remote, data);
        if (port.takeError()) {
            return SendResult.REFUSED;
        }
        SendResult fault = sendFault == null ? null : sendFault.resultOf(packet);
        if (fault != null) {
            return fault;
        }
        if (!simulator.passes(packet)) {
            return SendResult.SENT;
        }
        if (from == null) {
            simulator.at(simulator.now() + LOOPBACK_NANOS, () -> arriveDatagram(packet));
            return SendResult.SENT;
        }
        if (target.isMulticastAddress() && hasJoined(from, packet)) {
            // IP_MULTICAST_LOOP: members on the sending host hear it too.
            simulator.at(simulator.now() + LOOPBACK_NANOS, () -> arriveMulticast(from, packet));
        }
        from.network.send(from, packet, null);
        return SendResult.SENT;
    }

    boolean hasJoined(Attachment at, Packet packet) {
        return multicastPorts.stream().anyMatch(port -> isMember(port, at, packet));
    }

    private static boolean isMember(SimulatedUdpPort port, Attachment at, Packet packet) {
        return packet.destination().getAddress().equals(port.group)
                && port.localAddress().getPort() == packet.destination().getPort()
                && port.localAddress().getAddress().equals(at.address);
    }

    void arrive(Attachment at, Packet packet, @Nullable StreamOpening opening) {
        if (host.isAsleep()) {
            simulator.dropped(packet, host.name() + " sleeps");
        } else if (packet.protocol() == Packet.Protocol.ICMP) {
            arriveError(packet);
        } else if (host.isClosed() && opening == null) {
            simulator.dropped(packet, host.name() + " is closed");
            reportUnreachable(at, packet);
        } else if (opening != null) {
            arriveStream(packet, opening);
        } else if (packet.destination().getAddress().isMulticastAddress()) {
            arriveMulticast(at, packet);
        } else if (!arriveDatagram(packet)) {
            reportUnreachable(at, packet);
        }
    }

    /** RFC 1122 3.2.2.1 and 3.2.2: a host reports a port that nobody has, but not about a multicast or an ICMP error. */
    private void reportUnreachable(Attachment at, Packet about) {
        if (!about.destination().getAddress().isMulticastAddress()) {
            Packet report = simulator.icmp(host.name(), about.source(), about.destination());
            if (simulator.passes(report)) {
                at.network.send(at, report, null);
            }
        }
    }

    private void arriveError(Packet report) {
        SimulatedUdpPort port = portOf(report.destination());
        if (port == null) {
            simulator.dropped(report, "quotes no socket of " + host.name());
            return;
        }
        icmpErrors++;
        simulator.delivered(report, host.name());
        if (icmpRefusesNextSend) {
            port.fails();
        }
    }

    private @Nullable SimulatedUdpPort portOf(InetSocketAddress local) {
        SimulatedUdpPort port = udpPorts.get(local);
        return port == null ? udpPorts.get(wildcard(local)) : port;
    }

    private void arriveStream(Packet packet, StreamOpening opening) {
        SimulatedStream known = stream(packet.destination(), packet.source());
        if (known != null) {
            simulator.delivered(packet, host.name());
            known.meets(opening);
            return;
        }
        SimulatedAcceptor acceptor = acceptors.get(packet.destination());
        if (acceptor == null) {
            acceptor = acceptors.get(wildcard(packet.destination()));
        }
        if (acceptor == null) {
            opening.opener.refusedBy(opening);
        } else {
            simulator.delivered(packet, host.name());
            acceptor.accept(packet.source(), opening);
        }
    }

    private void arriveMulticast(Attachment at, Packet packet) {
        for (SimulatedUdpPort port : new ArrayList<>(multicastPorts)) {
            if (isMember(port, at, packet)) {
                receive(port, packet);
            }
        }
    }

    /** False if nobody has the port. */
    private boolean arriveDatagram(Packet packet) {
        InetSocketAddress destination = packet.destination();
        SimulatedUdpPort port = portOf(destination);
        if (port != null) {
            receive(port, packet);
            return true;
        }
        for (SimulatedUdpPort shared : multicastPorts) {
            if (shared.localAddress().equals(destination)) {
                // Unicast to a shared port reaches one of its sockets.
                receive(shared, packet);
                return true;
            }
        }
        simulator.dropped(packet, "nobody has this port on " + host.name());
        return false;
    }

    private static InetSocketAddress wildcard(InetSocketAddress like) {
        byte[] any = new byte[like.getAddress().getAddress().length];
        return new InetSocketAddress(Simulator.address(any), like.getPort());
    }

    private void receive(SimulatedUdpPort port, Packet packet) {
        if (port.receive(packet)) {
            simulator.delivered(packet, host.name());
        } else {
            simulator.dropped(packet, "the receive buffer of " + port + " is full");
        }
    }

    void opened(SimulatedStream stream) {
        streams.add(stream);
    }

    void closed(SimulatedUdpPort port) {
        if (port.group == null) {
            udpPorts.remove(port.localAddress());
        } else {
            multicastPorts.remove(port);
        }
    }

    void closed(SimulatedAcceptor acceptor) {
        acceptors.remove(acceptor.localAddress());
    }

    void closed(SimulatedStream stream) {
        streams.remove(stream);
    }
}

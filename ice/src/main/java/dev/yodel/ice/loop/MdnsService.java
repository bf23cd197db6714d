package dev.yodel.ice.loop;

import dev.yodel.ice.mdns.MdnsCore;
import dev.yodel.io.Datagram;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.SendResult;
import dev.yodel.io.Time;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Multicast DNS with sockets, one for all connections of an {@link Environment}: resolves and publishes {@code
 * <uuid>.local} (draft-ietf-mmusic-mdns-ice-candidates). Sockets are opened on first use, one per interface and family,
 * and closed 10 s after the last. Methods may be called from any thread; the work is done on one loop.
 */
public final class MdnsService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MdnsService.class);

    private static final long IDLE_NANOS = 10 * Time.SECOND;
    private static final InetSocketAddress GROUP_IPV4 = group("224.0.0.251");
    private static final InetSocketAddress GROUP_IPV6 = group("ff02::fb");

    private record Port(UdpPort port, InetSocketAddress group) {}

    private record Lookup(Loop loop, Environment.ResolutionHandler handler) {}

    private final Environment environment;
    private final Loop loop;

    // Confined to the loop.
    private final MdnsCore core = new MdnsCore();
    private final Map<Integer, Lookup> lookups = new HashMap<>();
    private final List<Port> ports = new ArrayList<>();
    private final Runnable drain = this::drain;
    private @Nullable LoopTimer timer;
    private long idleSince = Time.NEVER;
    private int lastLookupId;
    private boolean closed;

    /**
     * A service without sockets.
     *
     * @param environment for the interfaces
     * @param loop where it works
     */
    public MdnsService(Environment environment, Loop loop) {
        this.environment = environment;
        this.loop = loop;
    }

    private static InetSocketAddress group(String literal) {
        try {
            return new InetSocketAddress(InetAddress.getByName(literal), MdnsCore.PORT);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("a literal needs no resolver", e);
        }
    }

    /**
     * Resolves a name; never asks the system's resolver.
     *
     * @param name {@code <uuid>.local}; anything else resolves to nothing
     * @param on the loop that gets the answer
     * @param handler called once, at the latest after 1 s and the wait for a free place
     */
    public void resolve(String name, Loop on, Environment.ResolutionHandler handler) {
        loop.execute(() -> {
            if (closed) {
                answer(new Lookup(on, handler), List.of());
                return;
            }
            lookups.put(++lastLookupId, new Lookup(on, handler));
            core.resolve(lastLookupId, name, loop.now());
            loop.atEndOfTurn(drain);
        });
    }

    /**
     * Publishes a name for an address of ours.
     *
     * @param name from {@link MdnsCore#newName}
     * @param address our address
     */
    public void publish(String name, InetAddress address) {
        loop.execute(() -> {
            if (!closed) {
                core.publish(name, address, loop.now());
                loop.atEndOfTurn(drain);
            }
        });
    }

    /**
     * Withdraws a name.
     *
     * @param name from {@link #publish}
     */
    public void withdraw(String name) {
        loop.execute(() -> {
            if (!closed) {
                core.withdraw(name);
                loop.atEndOfTurn(drain);
            }
        });
    }

    /** Closes the sockets; pending look-ups resolve to nothing. Returns at once. */
    @Override
    public void close() {
        try {
            loop.execute(this::closeOnLoop);
        } catch (RejectedExecutionException e) {
            LOG.debug("the environment was closed before, and the sockets with it");
        }
    }

    private void closeOnLoop() {
        closed = true;
        closePorts();
        LoopTimer running = timer;
        if (running != null) {
            running.close();
            timer = null;
        }
        for (Lookup lookup : lookups.values()) {
            answer(lookup, List.of());
        }
        lookups.clear();
    }

    private static void answer(Lookup lookup, List<InetAddress> addresses) {
        try {
            lookup.loop.execute(() -> lookup.handler.onResolved(addresses));
        } catch (RejectedExecutionException e) {
            LOG.debug("the loop that asked is gone");
        }
    }

    private void drain() {
        if (closed) {
            return;
        }
        long now = loop.now();
        if (core.isBusy() && ports.isEmpty()) {
            openPorts();
        }
        MdnsCore.Transmit transmit = core.pollTransmit();
        while (transmit != null) {
            send(transmit);
            transmit = core.pollTransmit();
        }
        MdnsCore.Resolved resolved = core.pollResolved();
        while (resolved != null) {
            Lookup lookup = lookups.remove(resolved.lookupId());
            if (lookup != null) {
                answer(lookup, resolved.addresses());
            }
            resolved = core.pollResolved();
        }
        schedule(now);
    }

    private void schedule(long now) {
        if (core.isBusy()) {
            idleSince = Time.NEVER;
        } else if (!ports.isEmpty() && idleSince == Time.NEVER) {
            idleSince = now;
        }
        LoopTimer running = timer;
        if (running == null) {
            running = loop.newTimer(this::onTimer);
            timer = running;
        }
        running.set(Math.min(core.nextTimeout(), idleSince == Time.NEVER ? Time.NEVER : idleSince + IDLE_NANOS));
    }

    private void onTimer() {
        if (closed) {
            return;
        }
        long now = loop.now();
        core.handleTimeout(now);
        if (idleSince != Time.NEVER && now - idleSince >= IDLE_NANOS && !core.isBusy()) {
            closePorts();
            idleSince = Time.NEVER;
        }
        drain();
    }

    private void send(MdnsCore.Transmit transmit) {
        byte[] data = transmit.data();
        InetSocketAddress to = transmit.to();
        for (Port open : ports) {
            if (to == null) {
                open.port.send(data, 0, data.length, open.group);
            } else if (isSameFamily(to, open.group) && open.port.send(data, 0, data.length, to) == SendResult.SENT) {
                return;
            }
        }
    }

    private static boolean isSameFamily(InetSocketAddress a, InetSocketAddress b) {
        return a.getAddress() instanceof Inet4Address == b.getAddress() instanceof Inet4Address;
    }

    /** One socket per interface and family. What cannot be opened is left out: names then stay unresolved. */
    private void openPorts() {
        Set<String> done = new HashSet<>();
        for (NetworkAddress address : environment.networkAddresses()) {
            InetSocketAddress group = address.address() instanceof Inet4Address ? GROUP_IPV4 : GROUP_IPV6;
            boolean wanted = address.multicast() || address.loopback();
            if (wanted && done.add(address.interfaceIndex() + " " + group)) {
                try {
                    PortHandler handler = new PortHandler();
                    UdpPort port = loop.openMulticast(group, address, handler);
                    handler.port = port;
                    ports.add(new Port(port, group));
                } catch (IOException e) {
                    LOG.debug("no multicast DNS on {}: {}", address.interfaceName(), e.getMessage());
                }
            }
        }
    }

    private void closePorts() {
        for (Port open : ports) {
            open.port.close();
        }
        ports.clear();
    }

    private final class PortHandler implements UdpPort.Handler {
        private @Nullable UdpPort port;

        @Override
        public void onDatagram(Datagram datagram) {
            if (!closed) {
                core.handleDatagram(
                        datagram.data, datagram.offset, datagram.length, datagram.remote, datagram.receivedNanos);
                loop.atEndOfTurn(drain);
            }
        }

        @Override
        public void onClosed(String reason) {
            ports.removeIf(open -> open.port == port);
        }
    }
}

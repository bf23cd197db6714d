package dev.yodel.io.loop;

import dev.yodel.io.Loop;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.Registration;
import java.io.IOException;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;

/**
 * Which addresses does this machine have, and did they change? It looks by polling, and only while somebody watches or
 * asks: Java has no event for it. Any thread.
 */
final class NetworkInterfaces {
    /** Where the list comes from; a test has its own. */
    interface Source {
        List<NetworkAddress> read() throws IOException;
    }

    /** How long a list is taken as fresh when somebody asks for it. */
    private static final long FRESH_NANOS = 1_000_000_000L;

    private record Watch(Loop loop, Runnable listener) {}

    private final Source source;
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private volatile List<NetworkAddress> last = List.of();
    private volatile long readNanos;
    private volatile boolean wasRead;

    NetworkInterfaces(Source source) {
        this.source = source;
    }

    List<NetworkAddress> addresses() {
        if (!wasRead || System.nanoTime() - readNanos > FRESH_NANOS) {
            poll();
        }
        return last;
    }

    Registration watch(Loop loop, Runnable listener) {
        Watch watch = new Watch(loop, listener);
        addresses();
        watches.add(watch);
        return () -> watches.remove(watch);
    }

    boolean isWatched() {
        return !watches.isEmpty();
    }

    /** Reads the list and tells the watchers if it changed. A failed read keeps the last list. */
    void poll() {
        boolean changed;
        synchronized (lock) {
            List<NetworkAddress> now;
            try {
                now = List.copyOf(source.read());
            } catch (IOException e) {
                readNanos = System.nanoTime();
                return;
            }
            // Also what comes after a first read that failed: whoever asked then was told of no addresses.
            changed = !now.equals(last);
            last = now;
            readNanos = System.nanoTime();
            wasRead = true;
        }
        if (changed) {
            for (Watch watch : watches) {
                tell(watch);
            }
        }
    }

    private void tell(Watch watch) {
        try {
            watch.loop.execute(() -> {
                if (watches.contains(watch)) {
                    watch.listener.run();
                }
            });
        } catch (RejectedExecutionException closed) {
            watches.remove(watch);
        }
    }

    static List<NetworkAddress> readSystem() throws IOException {
        List<NetworkAddress> result = new ArrayList<>();
        for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
            result.addAll(addressesOf(each));
        }
        // Java lists the youngest first. Bridges of containers and tunnels come after the network's own interface,
        // and go before it.
        result.sort(Comparator.comparingInt(NetworkAddress::interfaceIndex));
        return result;
    }

    private static List<NetworkAddress> addressesOf(NetworkInterface of) {
        try {
            return of.isUp() ? readAddresses(of) : List.of();
        } catch (SocketException vanished) {
            // It was removed since it was listed: the others are there still.
            return List.of();
        }
    }

    private static List<NetworkAddress> readAddresses(NetworkInterface of) throws SocketException {
        List<NetworkAddress> result = new ArrayList<>();
        boolean loopback = of.isLoopback();
        boolean pointToPoint = of.isPointToPoint();
        boolean multicast = of.supportsMulticast();
        for (InterfaceAddress address : of.getInterfaceAddresses()) {
            result.add(new NetworkAddress(
                    of.getName(),
                    of.getIndex(),
                    address.getAddress(),
                    address.getNetworkPrefixLength(),
                    loopback,
                    pointToPoint,
                    multicast));
        }
        return result;
    }
}

package dev.yodel.ice;

import dev.yodel.ice.turn.TurnClient;
import dev.yodel.ice.turn.TurnFrames;
import dev.yodel.io.AddressLiteral;
import dev.yodel.io.Datagram;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which relayed addresses do the configured TURN servers give us (RFC 8656, RFC 8445 section 5.1.1.2)? All servers
 * are asked side by side, each from a socket of its own per family. A server that does not answer on the first
 * address of ours is asked from the next one; none has longer than gathering may take.
 */
final class RelayGatherer {
    /** Gathering ends after 9.5 s, the time of a request that stays unanswered, look-ups included (THREATS.md F18). */
    static final long PATIENCE_NANOS = 9_500 * Time.MILLISECOND;

    private static final long NEXT_ADDRESS_NANOS = 1_500 * Time.MILLISECOND;
    private static final int MOST_LOCAL_ADDRESSES = 3;
    private static final int MOST_REDIRECTS = 2;

    /** Told what was found. */
    interface Owner {
        /** The socket's client has addresses. */
        void allocated(RelaySocket socket, long now);

        /** An allocation that stood is gone. */
        void lost(RelaySocket socket, long now);

        void relayFailed(TurnServer server, @Nullable InetSocketAddress local, int code, String text);
    }

    /** A server whose allocation was lost is asked again after this, then after twice as long, up to 30 s. */
    private static final long FIRST_RETRY_NANOS = 500 * Time.MILLISECOND;

    private static final long MOST_RETRY_NANOS = 30 * Time.SECOND;

    /** When a server that has given an allocation before, or has at least answered, is asked again. */
    private static final class Retry {
        long at = Time.NEVER;
        long delay = FIRST_RETRY_NANOS;
    }

    private final Outbox out;
    private final RandomSource random;
    private final Owner owner;
    private final Map<Integer, TurnServer> lookups = new HashMap<>();
    private final List<RelayTarget> targets = new ArrayList<>();
    private final Map<TurnServer, Retry> retries = new HashMap<>();
    private IceOptions options = IceOptions.DEFAULT;
    private List<NetworkAddress> usable = List.of();
    private long giveUpAt = Time.NEVER;
    /** A frame of a stream, with the tail-room that readers of datagrams count on. */
    private byte[] frame = new byte[2048];

    RelayGatherer(Outbox out, RandomSource random, Owner owner) {
        this.out = out;
        this.random = random;
        this.owner = owner;
    }

    boolean isDone() {
        if (!lookups.isEmpty()) {
            return false;
        }
        for (RelayTarget target : targets) {
            if (!target.done) {
                return false;
            }
        }
        return true;
    }

    /** Asks every server that has not given an allocation, and is not being asked. */
    void begin(IceOptions newOptions, List<NetworkAddress> addresses, long now) {
        options = newOptions;
        usable = List.copyOf(addresses);
        retries.clear();
        for (TurnServer server : options.turnServers()) {
            if (!isBusy(server)) {
                ask(server, now);
            }
        }
    }

    private boolean isBusy(TurnServer server) {
        for (RelayTarget target : targets) {
            if (target.server.equals(server)) {
                return true;
            }
        }
        return lookups.containsValue(server);
    }

    private void ask(TurnServer server, long now) {
        giveUpAt = now + PATIENCE_NANOS;
        StreamProxy proxy = proxyFor(server);
        String host = proxy == null ? server.host() : proxy.host();
        InetAddress literal = AddressLiteral.parse(host);
        if (literal == null) {
            lookups.put(out.resolve(host), server);
        } else {
            open(server, List.of(literal), now);
        }
    }

    /** A proxy carries streams. */
    private @Nullable StreamProxy proxyFor(TurnServer server) {
        return server.transport() == ServerTransport.UDP ? null : options.proxy();
    }

    /** Allocations whose interface is gone are lost, and asked for again from what there is. */
    void handleNetworkChange(List<NetworkAddress> addresses, long now) {
        usable = List.copyOf(addresses);
        for (RelayTarget target : List.copyOf(targets)) {
            for (RelaySocket socket : List.copyOf(target.attempts)) {
                if (!isUsable(socket.local.getAddress())) {
                    socket.client.handleClosed("the interface of " + socket.local + " is gone");
                    settle(socket, now);
                }
            }
        }
        for (Retry retry : retries.values()) {
            if (retry.at != Time.NEVER) {
                retry.at = now;
            }
        }
    }

    private boolean isUsable(InetAddress local) {
        for (NetworkAddress own : usable) {
            if (own.address().equals(local)) {
                return true;
            }
        }
        return false;
    }

    boolean handleResolved(int lookupId, List<InetAddress> addresses, long now) {
        TurnServer server = lookups.remove(lookupId);
        if (server == null) {
            return false;
        }
        if (addresses.isEmpty()) {
            StreamProxy proxy = proxyFor(server);
            String name = proxy == null ? server.host() : proxy.host();
            failed(server, null, 701, "the name " + name + " does not resolve", now);
        } else {
            open(server, addresses, now);
        }
        return true;
    }

    /** The first address of each family that we have too. */
    private void open(TurnServer server, List<InetAddress> addresses, long now) {
        boolean[] tried = new boolean[2];
        boolean any = false;
        for (InetAddress address : addresses) {
            int family = address.getAddress().length == 4 ? 0 : 1;
            List<InetAddress> locals = tried[family] ? List.of() : localsFor(address);
            if (!locals.isEmpty()) {
                tried[family] = true;
                any = true;
                StreamProxy proxy = proxyFor(server);
                InetSocketAddress remote =
                        proxy == null ? new InetSocketAddress(address, server.port()) : behindProxy(server);
                RelayTarget target = new RelayTarget(server, remote, server.host(), List.of(), locals);
                target.proxyAddress = proxy == null ? null : new InetSocketAddress(address, proxy.port());
                targets.add(target);
                attempt(target, now);
            }
        }
        if (!any) {
            failed(server, null, 701, "no address of ours is of the family of " + server.host(), now);
        }
    }

    /** The proxy resolves what is no literal: we may not be able to. */
    private static InetSocketAddress behindProxy(TurnServer server) {
        InetAddress literal = AddressLiteral.parse(server.host());
        return literal == null
                ? InetSocketAddress.createUnresolved(server.host(), server.port())
                : new InetSocketAddress(literal, server.port());
    }

    private void failed(TurnServer server, @Nullable InetSocketAddress local, int code, String text, long now) {
        owner.relayFailed(server, local, code, text);
        if (retries.containsKey(server)) {
            // It has worked before, or is there at least.
            retryLater(server, code, now);
        }
    }

    /** It has answered: what it did not answer got lost, or the stream to it stands still, and another one may not. */
    private void noteThere(TurnServer server) {
        retries.computeIfAbsent(server, unseen -> new Retry());
    }

    private List<InetAddress> localsFor(InetAddress server) {
        List<InetAddress> locals = new ArrayList<>();
        for (NetworkAddress own : usable) {
            if (own.address().getAddress().length == server.getAddress().length
                    && own.loopback() == server.isLoopbackAddress()
                    && locals.size() < MOST_LOCAL_ADDRESSES) {
                locals.add(own.address());
            }
        }
        return locals;
    }

    private void attempt(RelayTarget target, long now) {
        InetAddress local = target.locals.poll();
        if (local == null) {
            return;
        }
        TurnServer server = target.server;
        boolean stream = server.transport() != ServerTransport.UDP;
        int id = stream
                ? out.openStream(
                        server.transport() == ServerTransport.TLS,
                        local,
                        target.address,
                        target.hostName,
                        target.proxyAddress,
                        target.proxyAddress == null ? null : proxyFor(server))
                : out.openUdp(local);
        TurnClient client = new TurnClient(target.address, stream, server.username(), server.password(), random);
        target.attempts.add(new RelaySocket(id, new InetSocketAddress(local, 0), server, client));
        target.nextAttemptAt = target.locals.isEmpty() ? Time.NEVER : now + NEXT_ADDRESS_NANOS;
    }

    /** Whether a socket is one to a TURN server. Media takes this way: no garbage. */
    boolean owns(int socketId) {
        return socket(socketId) != null;
    }

    @Nullable
    RelaySocket socket(int socketId) {
        for (int i = 0; i < targets.size(); i++) {
            List<RelaySocket> attempts = targets.get(i).attempts;
            for (int k = 0; k < attempts.size(); k++) {
                if (attempts.get(k).socketId == socketId) {
                    return attempts.get(k);
                }
            }
        }
        return null;
    }

    private @Nullable RelayTarget targetOf(RelaySocket socket) {
        for (RelayTarget target : targets) {
            if (target.attempts.contains(socket)) {
                return target;
            }
        }
        return null;
    }

    /** A socket is open; false if it is none of ours. */
    boolean opened(int socketId, InetSocketAddress local, long now) {
        RelaySocket socket = socket(socketId);
        if (socket == null) {
            return false;
        }
        socket.local = local;
        socket.client.allocate(now);
        settle(socket, now);
        return true;
    }

    /** A socket is closed, or could not be opened; false if it is none of ours. */
    boolean closed(int socketId, String reason, long now) {
        RelaySocket socket = socket(socketId);
        if (socket == null) {
            return false;
        }
        socket.client.handleClosed(reason);
        settle(socket, now);
        return true;
    }

    /** A datagram came to a relay's socket; true if it is a peer's and the view was moved onto it. */
    boolean receive(RelaySocket socket, Datagram datagram, long now) {
        boolean data = socket.client.receive(datagram, now);
        settle(socket, now);
        return data;
    }

    /** Bytes of a stream came; {@link #nextFrame} cuts them. */
    static void handleBytes(RelaySocket socket, byte[] data, int offset, int length) {
        TurnFrames frames = socket.frames;
        if (frames != null) {
            frames.handleBytes(data, offset, length);
        }
    }

    /** Moves the view onto the next message of a stream, if it is whole. */
    boolean nextFrame(RelaySocket socket, Datagram view, long now) {
        TurnFrames frames = socket.frames;
        if (frames == null || !frames.next()) {
            if (frames != null && frames.isBroken()) {
                socket.client.handleClosed("the TURN server sent what is no TURN message");
                settle(socket, now);
            }
            return false;
        }
        int length = frames.length();
        if (frame.length < length + TurnClient.MAX_OVERHEAD) {
            frame = new byte[length + TurnClient.MAX_OVERHEAD];
        }
        System.arraycopy(frames.data(), frames.offset(), frame, 0, length);
        view.data = frame;
        view.offset = 0;
        view.length = length;
        view.local = socket.local;
        view.remote = socket.client.server();
        view.receivedNanos = now;
        return true;
    }

    void send(RelaySocket socket, InetSocketAddress peer, byte[] data, long now) {
        socket.client.send(peer, data, 0, data.length, now);
        settle(socket, now);
    }

    void bindChannel(RelaySocket socket, InetSocketAddress peer, long now) {
        socket.client.bindChannel(peer, now);
        settle(socket, now);
    }

    /** The peer does not answer: does the server still know us? */
    void probe(RelaySocket socket, long now) {
        socket.client.probe(now);
        settle(socket, now);
    }

    /** Hands out what the client wrote, and tells what became of it. */
    void settle(RelaySocket socket, long now) {
        TurnClient client = socket.client;
        flush(socket);
        if (client.state() == TurnClient.State.ALLOCATED && !socket.hasAllocation()) {
            RelayTarget target = targetOf(socket);
            if (target != null) {
                for (RelaySocket other : List.copyOf(target.attempts)) {
                    if (other != socket) {
                        drop(target, other, now);
                    }
                }
                conclude(target);
                Retry retry = retries.get(target.server);
                if (retry != null) {
                    retry.delay = FIRST_RETRY_NANOS;
                }
                owner.allocated(socket, now);
            }
        } else if (client.state() == TurnClient.State.FAILED) {
            failed(socket, now);
        }
    }

    private void flush(RelaySocket socket) {
        byte[] data = socket.client.pollTransmit();
        while (data != null) {
            out.send(new IceTransmit(socket.socketId, data, socket.client.server()));
            data = socket.client.pollTransmit();
        }
    }

    private void failed(RelaySocket socket, long now) {
        RelayTarget target = targetOf(socket);
        if (target == null) {
            return;
        }
        boolean stood = socket.hasAllocation();
        drop(target, socket, now);
        if (stood) {
            owner.lost(socket, now);
            retryLater(target.server, socket.client.errorCode(), now);
        } else if (!target.done) {
            attemptFailed(target, socket, now);
        }
        if (target.attempts.isEmpty() && target.done) {
            targets.remove(target);
        }
    }

    private void attemptFailed(RelayTarget target, RelaySocket socket, long now) {
        TurnClient client = socket.client;
        InetSocketAddress alternate = client.alternate();
        if (client.errorCode() == 300 && alternate != null) {
            RelayTarget next = target.redirected(
                    alternate,
                    client.alternateDomain(),
                    MOST_REDIRECTS,
                    options.addressPolicy(),
                    localsFor(alternate.getAddress()));
            if (next != null && !next.locals.isEmpty()) {
                giveUp(target, now);
                targets.add(next);
                attempt(next, now);
                return;
            }
        }
        boolean unreached = client.errorCode() == 701;
        if (unreached && !target.locals.isEmpty() && target.attempts.isEmpty()) {
            attempt(target, now);
        } else if (!unreached || target.attempts.isEmpty()) {
            giveUp(target, now);
            if (client.isChallenged()) {
                noteThere(target.server);
            }
            failed(target.server, socket.local, client.errorCode(), client.errorText(), now);
        }
    }

    /** A server that went away may come back; one that refuses will refuse again (RFC 8656 section 10.2: not for 437). */
    private void retryLater(TurnServer server, int code, long now) {
        if ((code == 701 || code == 437) && options.turnServers().contains(server)) {
            Retry retry = retries.computeIfAbsent(server, unseen -> new Retry());
            if (retry.at == Time.NEVER) {
                retry.at = now + retry.delay;
                retry.delay = Math.min(2 * retry.delay, MOST_RETRY_NANOS);
            }
        }
    }

    private static void conclude(RelayTarget target) {
        target.done = true;
        target.locals.clear();
        target.nextAttemptAt = Time.NEVER;
    }

    private void giveUp(RelayTarget target, long now) {
        conclude(target);
        for (RelaySocket other : List.copyOf(target.attempts)) {
            drop(target, other, now);
        }
    }

    /** Gives an allocation back. */
    void drop(RelaySocket socket, long now) {
        RelayTarget target = targetOf(socket);
        if (target != null) {
            drop(target, socket, now);
            if (target.attempts.isEmpty() && target.done) {
                targets.remove(target);
            }
        }
    }

    private void drop(RelayTarget target, RelaySocket socket, long now) {
        target.attempts.remove(socket);
        socket.client.close(now);
        flush(socket);
        out.close(socket.socketId);
    }

    void handleTimeout(long now) {
        for (RelayTarget target : List.copyOf(targets)) {
            for (RelaySocket socket : List.copyOf(target.attempts)) {
                if (socket.client.nextTimeout() <= now) {
                    socket.client.handleTimeout(now);
                    settle(socket, now);
                }
            }
            if (target.nextAttemptAt <= now && !target.done) {
                attempt(target, now);
            }
        }
        if (giveUpAt <= now) {
            giveUpAt = Time.NEVER;
            runOutOfTime(now);
        }
        for (Map.Entry<TurnServer, Retry> entry : List.copyOf(retries.entrySet())) {
            if (entry.getValue().at <= now) {
                entry.getValue().at = Time.NEVER;
                if (!isBusy(entry.getKey())) {
                    ask(entry.getKey(), now);
                }
            }
        }
    }

    private void runOutOfTime(long now) {
        for (TurnServer server : lookups.values()) {
            failed(server, null, 701, "the name " + server.host() + " did not resolve in time", now);
        }
        lookups.clear();
        for (RelayTarget target : List.copyOf(targets)) {
            if (!target.done) {
                InetSocketAddress local = target.attempts.isEmpty() ? null : target.attempts.get(0).local;
                if (target.attempts.stream().anyMatch(socket -> socket.client.isChallenged())) {
                    noteThere(target.server);
                }
                giveUp(target, now);
                targets.remove(target);
                failed(target.server, local, 701, "the TURN server did not answer in time", now);
            }
        }
    }

    long nextTimeout() {
        long next = isDone() ? Time.NEVER : giveUpAt;
        for (Retry retry : retries.values()) {
            next = Math.min(next, retry.at);
        }
        for (RelayTarget target : targets) {
            next = Math.min(next, target.nextAttemptAt);
            for (RelaySocket socket : target.attempts) {
                next = Math.min(next, socket.client.nextTimeout());
            }
        }
        return next;
    }

    /** Gives the allocations back. */
    void close(long now) {
        lookups.clear();
        retries.clear();
        for (RelayTarget target : targets) {
            giveUp(target, now);
        }
        targets.clear();
    }
}

package dev.yodel.ice;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.AddressLiteral;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where do the configured STUN servers see us (RFC 8489 section 6.2.1, RFC 8445 section 5.1.1.2)? All servers are asked
 * from all bases side by side, so a dead one delays nothing but the end of gathering, and that by 9.5 s at most.
 */
final class StunGatherer {
    /** Departure: Rc of RFC 8489 is 7; the sixth request would come after gathering has been given up. */
    private static final int MAX_SENDS = 5;

    private static final long RTO_NANOS = 500 * Time.MILLISECOND;
    private static final long LAST_WAIT_NANOS = 2 * Time.SECOND;
    /** RFC 8445 section 5.1.1.4 with Tr of section 11: what a NAT maps is asked for again until a pair is chosen. */
    private static final long KEEPALIVE_NANOS = 15 * Time.SECOND;

    private static final int MAX_KEEPALIVE_SENDS = 2;

    /** Told what was found. */
    interface Owner {
        void mapped(Base base, StunServer server, InetSocketAddress mapped);

        void serverFailed(@Nullable Base base, StunServer server, int code, String text);
    }

    private static final class Request {
        final TransactionId id;
        final Base base;
        final StunServer server;
        final InetSocketAddress address;
        /** Its answer is known already, and nobody waits for it. */
        final boolean keepalive;

        int sends;
        long rto = RTO_NANOS;
        long deadline;

        Request(
                TransactionId id,
                Base base,
                StunServer server,
                InetSocketAddress address,
                long deadline,
                boolean keepalive) {
            this.keepalive = keepalive;
            this.id = id;
            this.base = base;
            this.server = server;
            this.address = address;
            this.deadline = deadline;
        }
    }

    private final long taNanos;
    private final Outbox out;
    private final RandomSource random;
    private final Owner owner;
    private final Map<Integer, StunServer> lookups = new HashMap<>();
    private final Map<StunServer, List<InetAddress>> resolved = new LinkedHashMap<>();
    private final Map<TransactionId, Request> requests = new LinkedHashMap<>();
    /** Answered ones, whose mappings are kept alive. */
    private final List<Request> answered = new ArrayList<>();

    private final List<Base> bases = new ArrayList<>();
    private long nextSlot;
    private long giveUpAt = Time.NEVER;
    private long keepAliveAt = Time.NEVER;
    private boolean keepsAlive = true;

    StunGatherer(long taNanos, Outbox out, RandomSource random, Owner owner) {
        this.taNanos = taNanos;
        this.out = out;
        this.random = random;
        this.owner = owner;
    }

    boolean isDone() {
        if (!lookups.isEmpty()) {
            return false;
        }
        for (Request request : requests.values()) {
            if (!request.keepalive) {
                return false;
            }
        }
        return true;
    }

    /** Whether what NATs map is still needed: not when a pair was chosen, whose checks keep it open. */
    void keepAlive(boolean needed, long now) {
        if (needed != keepsAlive) {
            keepsAlive = needed;
            scheduleKeepalive(now);
        }
    }

    private void scheduleKeepalive(long now) {
        keepAliveAt = keepsAlive && !answered.isEmpty() ? now + KEEPALIVE_NANOS : Time.NEVER;
    }

    private void askAgain(long now) {
        nextSlot = Math.max(nextSlot, now);
        for (Request known : answered) {
            TransactionId id = TransactionId.random(random);
            requests.put(id, new Request(id, known.base, known.server, known.address, nextSlot, true));
            nextSlot += taNanos;
        }
        scheduleKeepalive(now);
    }

    /** Asks, or asks again, from all bases. */
    void begin(List<StunServer> servers, long now) {
        nextSlot = Math.max(nextSlot, now);
        giveUpAt = now + RelayGatherer.PATIENCE_NANOS;
        lookups.clear();
        resolved.clear();
        requests.clear();
        answered.clear();
        keepAliveAt = Time.NEVER;
        for (StunServer server : servers) {
            if (server.transport() != ServerTransport.UDP) {
                continue;
            }
            InetAddress literal = AddressLiteral.parse(server.host());
            if (literal == null) {
                lookups.put(out.resolve(server.host()), server);
            } else {
                resolved.put(server, List.of(literal));
                for (Base base : bases) {
                    ask(base, server, List.of(literal), now);
                }
            }
        }
    }

    boolean handleResolved(int lookupId, List<InetAddress> addresses, long now) {
        StunServer server = lookups.remove(lookupId);
        if (server == null) {
            return false;
        }
        if (addresses.isEmpty()) {
            owner.serverFailed(null, server, 701, "the name " + server.host() + " does not resolve");
        }
        resolved.put(server, List.copyOf(addresses));
        for (Base base : bases) {
            ask(base, server, addresses, now);
        }
        return true;
    }

    void baseOpened(Base base, long now) {
        bases.add(base);
        for (Map.Entry<StunServer, List<InetAddress>> entry : resolved.entrySet()) {
            ask(base, entry.getKey(), entry.getValue(), now);
        }
    }

    void baseClosed(Base base) {
        bases.remove(base);
        requests.values().removeIf(request -> request.base == base);
        answered.removeIf(request -> request.base == base);
    }

    /** One request to the server's first address of the base's family, in a slot of its own (RFC 8445 section 14.2). */
    private void ask(Base base, StunServer server, List<InetAddress> addresses, long now) {
        int family = base.address.getAddress().getAddress().length;
        boolean loopback = base.address.getAddress().isLoopbackAddress();
        for (InetAddress address : addresses) {
            if (address.getAddress().length == family && (!loopback || address.isLoopbackAddress())) {
                nextSlot = Math.max(nextSlot, now);
                TransactionId id = TransactionId.random(random);
                InetSocketAddress to = new InetSocketAddress(address, server.port());
                requests.put(id, new Request(id, base, server, to, nextSlot, false));
                nextSlot += taNanos;
                return;
            }
        }
    }

    long nextTimeout() {
        long next = Math.min(isDone() ? Time.NEVER : giveUpAt, keepAliveAt);
        for (Request request : requests.values()) {
            next = Math.min(next, request.deadline);
        }
        return next;
    }

    void handleTimeout(long now) {
        if (keepAliveAt <= now) {
            askAgain(now);
        }
        Iterator<Request> all = requests.values().iterator();
        while (all.hasNext()) {
            Request request = all.next();
            if (request.deadline > now) {
                continue;
            }
            if (request.keepalive && request.sends == MAX_KEEPALIVE_SENDS) {
                all.remove();
            } else if (request.sends == MAX_SENDS) {
                all.remove();
                owner.serverFailed(request.base, request.server, 701, "the STUN server does not answer");
            } else {
                send(request, now);
            }
        }
        if (giveUpAt <= now) {
            giveUpAt = Time.NEVER;
            runOutOfTime();
        }
    }

    /** Look-ups take time that requests then do not have (THREATS.md F18). */
    private void runOutOfTime() {
        for (StunServer server : lookups.values()) {
            owner.serverFailed(null, server, 701, "the name " + server.host() + " did not resolve in time");
        }
        lookups.clear();
        for (Request request : List.copyOf(requests.values())) {
            if (request.keepalive) {
                continue;
            }
            requests.remove(request.id);
            owner.serverFailed(request.base, request.server, 701, "the STUN server does not answer");
        }
    }

    private void send(Request request, long now) {
        request.sends++;
        request.deadline = now + (request.sends == MAX_SENDS ? LAST_WAIT_NANOS : request.rto);
        request.rto *= 2;
        byte[] data = StunWriter.request(StunMessage.BINDING, request.id)
                .fingerprint()
                .toByteArray();
        out.send(new IceTransmit(request.base.socketId(), data, request.address));
    }

    /** Whether the response is for one of our requests; then it is used up, if it comes from where it must. */
    boolean handleResponse(Base base, StunMessage response, InetSocketAddress from, long now) {
        Request request = requests.get(response.transactionId());
        if (request == null) {
            return false;
        }
        if (request.base != base || !request.address.equals(from)) {
            return true;
        }
        requests.remove(request.id);
        InetSocketAddress mapped = response.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS);
        if (mapped == null) {
            // RFC 8489 section 14.1: servers of the time before RFC 5389.
            mapped = response.address(StunAttribute.MAPPED_ADDRESS);
        }
        if (response.messageClass() == StunClass.SUCCESS && mapped != null) {
            if (!request.keepalive) {
                answered.add(request);
                if (keepAliveAt == Time.NEVER) {
                    scheduleKeepalive(now);
                }
            }
            owner.mapped(base, request.server, mapped);
        } else if (!request.keepalive) {
            int code = response.errorCode() == 0 ? 701 : response.errorCode();
            owner.serverFailed(base, request.server, code, "the STUN server answered with an error");
        }
        return true;
    }

    void clear() {
        lookups.clear();
        requests.clear();
        answered.clear();
        keepAliveAt = Time.NEVER;
        bases.clear();
    }
}

package dev.yodel.ice.mdns;

import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Multicast DNS for ICE as a protocol core: asks for {@code <uuid>.local}, and answers for names of ours (RFC 6762,
 * draft-ietf-mmusic-mdns-ice-candidates section 3). It owns no socket; every datagram it emits goes to the group on all
 * interfaces, or to the one who asked from another port than 5353. It browses no services and probes for no conflicts: the
 * names are random. One thread only.
 */
public final class MdnsCore {
    /** Port of multicast DNS. */
    public static final int PORT = 5353;

    /** Look-ups that are asked for at one time; further ones wait. */
    public static final int MAX_ACTIVE = 16;

    private static final int MAX_WAITING = 4096;
    private static final int MAX_PUBLISHED = 1024;
    private static final int MAX_CACHED = 256;
    private static final long TTL_SECONDS = 120;
    private static final long TIMEOUT_NANOS = Time.SECOND;
    private static final long[] ASK_AGAIN_NANOS = {250 * Time.MILLISECOND, 600 * Time.MILLISECOND};
    private static final long ANNOUNCE_AGAIN_NANOS = Time.SECOND;

    /**
     * A datagram to send.
     *
     * @param data owned by the receiver
     * @param to who asked by unicast, null for the multicast group on every interface
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    public record Transmit(byte[] data, @Nullable InetSocketAddress to) {}

    /**
     * The answer to a look-up.
     *
     * @param lookupId which
     * @param addresses empty if nobody answered
     */
    public record Resolved(int lookupId, List<InetAddress> addresses) {}

    private record Cached(List<InetAddress> addresses, long until) {}

    private record Waiting(int lookupId, String name) {}

    /** One name that is asked for, by one or more look-ups. */
    private static final class Query {
        final Set<Integer> lookups = new LinkedHashSet<>();
        final long giveUpAt;
        int asked;
        long askAt;

        Query(long giveUpAt) {
            this.giveUpAt = giveUpAt;
        }
    }

    private final Map<String, Query> active = new LinkedHashMap<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final Map<String, InetAddress> published = new HashMap<>();
    private final Map<String, Long> announceAgain = new LinkedHashMap<>();
    private final Map<String, Cached> cache = new LinkedHashMap<>();
    private final ArrayDeque<Transmit> transmits = new ArrayDeque<>();
    private final ArrayDeque<Resolved> resolved = new ArrayDeque<>();
    private long malformed;

    /** Nothing is asked and nothing published. */
    public MdnsCore() {}

    /**
     * Whether a name is a single label in the form of a UUID, then {@code .local}: all that is ever asked for.
     *
     * @param name any text
     * @return true if it may be asked for
     */
    public static boolean isIceName(String name) {
        if (name.length() != 42 || !name.regionMatches(true, 36, ".local", 0, 6)) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            char c = name.charAt(i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : c > 'f' || Character.digit(c, 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * A new random name (version 4 UUID).
     *
     * @param random where the bits come from
     * @return {@code <uuid>.local}
     */
    public static String newName(RandomSource random) {
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() & ~(3L << 62)) | (1L << 63);
        return new UUID(high, low) + ".local";
    }

    /**
     * Asks for a name's address.
     *
     * @param lookupId the caller's name for the look-up
     * @param name host name; anything but {@code <uuid>.local} resolves to nothing
     * @param now time
     */
    public void resolve(int lookupId, String name, long now) {
        String key = name.toLowerCase(Locale.ROOT);
        Cached known = cache.get(key);
        if (!isIceName(name) || waiting.size() >= MAX_WAITING) {
            resolved.add(new Resolved(lookupId, List.of()));
        } else if (known != null && known.until > now) {
            resolved.add(new Resolved(lookupId, known.addresses));
        } else {
            waiting.add(new Waiting(lookupId, key));
            activate(now);
        }
    }

    private void activate(long now) {
        while (!waiting.isEmpty()) {
            Waiting next = waiting.getFirst();
            Query query = active.get(next.name);
            if (query == null) {
                if (active.size() >= MAX_ACTIVE) {
                    return;
                }
                query = new Query(now + TIMEOUT_NANOS);
                active.put(next.name, query);
                ask(next.name, query, now);
            }
            waiting.removeFirst();
            query.lookups.add(next.lookupId);
        }
    }

    private void ask(String name, Query query, long now) {
        transmits.add(new Transmit(MdnsMessage.query(List.of(name)), null));
        query.askAt = query.asked < ASK_AGAIN_NANOS.length
                ? query.giveUpAt - TIMEOUT_NANOS + ASK_AGAIN_NANOS[query.asked]
                : query.giveUpAt;
        query.askAt = Math.max(query.askAt, now);
        query.asked++;
    }

    /**
     * Answers for a name from now on, and announces it twice (RFC 6762 section 8.3).
     *
     * @param name from {@link #newName}
     * @param address our address
     * @param now time
     * @throws IllegalArgumentException if the name is not of that form
     */
    public void publish(String name, InetAddress address, long now) {
        if (!isIceName(name)) {
            throw new IllegalArgumentException("publish names of newName only");
        }
        if (published.size() >= MAX_PUBLISHED) {
            return;
        }
        String key = name.toLowerCase(Locale.ROOT);
        published.put(key, address);
        transmits.add(new Transmit(MdnsMessage.response(0, key, address, TTL_SECONDS, true), null));
        announceAgain.put(key, now + ANNOUNCE_AGAIN_NANOS);
    }

    /**
     * Says good-bye for a name (RFC 6762 section 10.1).
     *
     * @param name from {@link #publish}
     */
    public void withdraw(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        InetAddress address = published.remove(key);
        announceAgain.remove(key);
        if (address != null) {
            transmits.add(new Transmit(MdnsMessage.response(0, key, address, 0, true), null));
        }
    }

    /**
     * A datagram came to port 5353.
     *
     * @param data borrowed until this returns
     * @param offset first byte
     * @param length count of bytes
     * @param from who sent it
     * @param now time of arrival
     */
    public void handleDatagram(byte[] data, int offset, int length, InetSocketAddress from, long now) {
        MdnsMessage message = MdnsMessage.parse(data, offset, length);
        if (message == null) {
            malformed++;
            return;
        }
        if (!message.response()) {
            answer(message, from);
        } else if (from.getPort() == PORT) {
            // RFC 6762 section 6: a response from another port is ignored.
            learn(message, now);
        }
    }

    private void answer(MdnsMessage query, InetSocketAddress from) {
        for (MdnsMessage.Question question : query.questions()) {
            InetAddress address = published.get(question.name());
            if (address == null) {
                continue;
            }
            int type = address.getAddress().length == 4 ? MdnsMessage.TYPE_A : MdnsMessage.TYPE_AAAA;
            if (question.type() != type && question.type() != MdnsMessage.TYPE_ANY) {
                continue;
            }
            boolean legacy = from.getPort() != PORT;
            // RFC 6762 section 6.7: a plain resolver gets its id back, and no cache-flush bit.
            byte[] response = legacy
                    ? MdnsMessage.response(query.id(), question.name(), address, 10, false)
                    : MdnsMessage.response(0, question.name(), address, TTL_SECONDS, true);
            transmits.add(new Transmit(response, legacy ? from : null));
            return;
        }
    }

    private void learn(MdnsMessage response, long now) {
        Map<String, List<InetAddress>> found = new LinkedHashMap<>();
        long ttl = TTL_SECONDS;
        for (MdnsMessage.Answer answer : response.answers()) {
            if (isIceName(answer.name())) {
                ttl = Math.min(ttl, answer.ttlSeconds());
                List<InetAddress> addresses = found.computeIfAbsent(answer.name(), name -> new ArrayList<>(1));
                if (!addresses.contains(answer.address())) {
                    addresses.add(answer.address());
                }
            }
        }
        for (Map.Entry<String, List<InetAddress>> entry : found.entrySet()) {
            if (ttl == 0) {
                cache.remove(entry.getKey());
                continue;
            }
            remember(entry.getKey(), List.copyOf(entry.getValue()), now + ttl * Time.SECOND);
            Query query = active.remove(entry.getKey());
            if (query != null) {
                finish(query, List.copyOf(entry.getValue()));
            }
        }
        activate(now);
    }

    private void remember(String name, List<InetAddress> addresses, long until) {
        cache.remove(name);
        if (cache.size() >= MAX_CACHED) {
            Iterator<String> oldest = cache.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        cache.put(name, new Cached(addresses, until));
    }

    private void finish(Query query, List<InetAddress> addresses) {
        for (int lookupId : query.lookups) {
            resolved.add(new Resolved(lookupId, addresses));
        }
    }

    /**
     * Time has passed. Calling it early or twice is harmless.
     *
     * @param now time
     */
    public void handleTimeout(long now) {
        Iterator<Map.Entry<String, Query>> queries = active.entrySet().iterator();
        while (queries.hasNext()) {
            Map.Entry<String, Query> entry = queries.next();
            Query query = entry.getValue();
            if (query.giveUpAt <= now) {
                queries.remove();
                finish(query, List.of());
            } else if (query.askAt <= now) {
                ask(entry.getKey(), query, now);
            }
        }
        Iterator<Map.Entry<String, Long>> announcements =
                announceAgain.entrySet().iterator();
        while (announcements.hasNext()) {
            Map.Entry<String, Long> entry = announcements.next();
            InetAddress address = published.get(entry.getKey());
            if (entry.getValue() <= now && address != null) {
                transmits.add(new Transmit(MdnsMessage.response(0, entry.getKey(), address, TTL_SECONDS, true), null));
                announcements.remove();
            }
        }
        activate(now);
    }

    /**
     * When {@link #handleTimeout} is wanted.
     *
     * @return a deadline or {@link Time#NEVER}
     */
    public long nextTimeout() {
        long next = Time.NEVER;
        for (Query query : active.values()) {
            next = Math.min(next, Math.min(query.askAt, query.giveUpAt));
        }
        for (long at : announceAgain.values()) {
            next = Math.min(next, at);
        }
        return next;
    }

    /**
     * The next datagram.
     *
     * @return null if there is none
     */
    public @Nullable Transmit pollTransmit() {
        return transmits.poll();
    }

    /**
     * The next answer.
     *
     * @return null if there is none
     */
    public @Nullable Resolved pollResolved() {
        return resolved.poll();
    }

    /**
     * Whether sockets are needed.
     *
     * @return false if nothing is asked for and nothing published
     */
    public boolean isBusy() {
        return !active.isEmpty() || !waiting.isEmpty() || !published.isEmpty();
    }

    /**
     * Names that are asked for at this moment.
     *
     * @return at most {@link #MAX_ACTIVE}
     */
    public int activeCount() {
        return active.size();
    }

    /**
     * Datagrams that were no DNS.
     *
     * @return count
     */
    public long malformed() {
        return malformed;
    }
}

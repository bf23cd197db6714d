package dev.yodel.ice;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.ice.turn.TurnFrames;
import dev.yodel.io.AddressLiteral;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where do STUN servers see our streams: servers over TCP and TLS (RFC 8489 sections 6.2.2, 6.2.3)? All are asked side by
 * side, each over one stream per family, which is closed after the answer. With ports of a simultaneous open all servers
 * are asked from each of those instead, and these streams stay: while they do, so does what a NAT has mapped (RFC 6544
 * section 5.2).
 */
final class StunStreamGatherer {
    private static final int LONGEST_ANSWER = 2048;

    /** Told what was found. */
    interface Owner {
        void streamMapped(StunServer server, InetSocketAddress local, InetSocketAddress mapped);

        void streamFailed(StunServer server, @Nullable InetSocketAddress local, int code, String text);
    }

    private static final class Question {
        final int socketId;
        final StunServer server;
        final TransactionId id;
        final InetSocketAddress remote;
        final TurnFrames frames = new TurnFrames(LONGEST_ANSWER);
        final boolean fromPort;
        InetSocketAddress local;

        Question(
                int socketId,
                StunServer server,
                TransactionId id,
                InetSocketAddress remote,
                InetSocketAddress local,
                boolean fromPort) {
            this.socketId = socketId;
            this.server = server;
            this.id = id;
            this.remote = remote;
            this.local = local;
            this.fromPort = fromPort;
        }
    }

    private final Outbox out;
    private final RandomSource random;
    private final Owner owner;
    private final Map<Integer, StunServer> lookups = new HashMap<>();
    private final List<Question> questions = new ArrayList<>();
    /** Answered, over streams that stay. */
    private final List<Question> kept = new ArrayList<>();
    /** Of simultaneous opens. */
    private final List<InetSocketAddress> ports = new ArrayList<>();

    private final Map<StunServer, List<InetAddress>> known = new LinkedHashMap<>();
    private boolean fromPorts;
    private List<NetworkAddress> usable = List.of();
    private long giveUpAt = Time.NEVER;

    StunStreamGatherer(Outbox out, RandomSource random, Owner owner) {
        this.out = out;
        this.random = random;
        this.owner = owner;
    }

    boolean isDone() {
        return lookups.isEmpty() && questions.isEmpty();
    }

    void begin(List<StunServer> servers, List<NetworkAddress> addresses, boolean fromOpenPorts, long now) {
        clear();
        usable = List.copyOf(addresses);
        fromPorts = fromOpenPorts;
        giveUpAt = now + RelayGatherer.PATIENCE_NANOS;
        for (StunServer server : servers) {
            if (server.transport() == ServerTransport.UDP && !fromPorts) {
                continue;
            }
            InetAddress literal = AddressLiteral.parse(server.host());
            if (literal == null) {
                lookups.put(out.resolve(server.host()), server);
            } else {
                ask(server, List.of(literal));
            }
        }
    }

    boolean handleResolved(int lookupId, List<InetAddress> addresses) {
        StunServer server = lookups.remove(lookupId);
        if (server == null) {
            return false;
        }
        if (addresses.isEmpty()) {
            fail(server, null, 701, "the name " + server.host() + " does not resolve");
        }
        ask(server, addresses);
        return true;
    }

    /** A port that streams may be opened from, too, is there. */
    void portOpened(InetSocketAddress local, long now) {
        ports.add(local);
        if (!known.isEmpty()) {
            giveUpAt = now + RelayGatherer.PATIENCE_NANOS;
        }
        known.forEach((server, addresses) -> askFrom(local, server, addresses));
    }

    void portLost(InetSocketAddress local) {
        ports.remove(local);
        for (Question question : List.copyOf(questions)) {
            if (question.fromPort && question.local.equals(local)) {
                end(question);
            }
        }
        for (Question question : List.copyOf(kept)) {
            if (question.local.equals(local)) {
                kept.remove(question);
                out.close(question.socketId);
            }
        }
    }

    private void askFrom(InetSocketAddress local, StunServer server, List<InetAddress> addresses) {
        for (InetAddress address : addresses) {
            InetSocketAddress remote = new InetSocketAddress(address, server.port());
            if (local.getAddress().getAddress().length == address.getAddress().length
                    && local.getAddress().isLoopbackAddress() == address.isLoopbackAddress()) {
                // A port can be connected to each address once.
                if (!isAsked(questions, local, remote) && !isAsked(kept, local, remote)) {
                    boolean tls = server.transport() == ServerTransport.TLS;
                    int id = out.openStreamFrom(local, tls, remote, server.host());
                    questions.add(new Question(id, server, TransactionId.random(random), remote, local, true));
                }
                return;
            }
        }
    }

    private static boolean isAsked(List<Question> among, InetSocketAddress local, InetSocketAddress remote) {
        for (Question question : among) {
            if (question.local.equals(local) && question.remote.equals(remote)) {
                return true;
            }
        }
        return false;
    }

    private void ask(StunServer server, List<InetAddress> addresses) {
        if (fromPorts) {
            known.put(server, addresses);
            for (InetSocketAddress local : ports) {
                askFrom(local, server, addresses);
            }
            return;
        }
        boolean[] asked = new boolean[2];
        for (InetAddress address : addresses) {
            int family = address.getAddress().length == 4 ? 0 : 1;
            InetAddress local = asked[family] ? null : localFor(address);
            if (local != null) {
                asked[family] = true;
                InetSocketAddress remote = new InetSocketAddress(address, server.port());
                int id = out.openStream(server.transport() == ServerTransport.TLS, local, remote, server.host());
                questions.add(new Question(
                        id, server, TransactionId.random(random), remote, new InetSocketAddress(local, 0), false));
            }
        }
    }

    private @Nullable InetAddress localFor(InetAddress server) {
        for (NetworkAddress own : usable) {
            if (own.address().getAddress().length == server.getAddress().length
                    && own.loopback() == server.isLoopbackAddress()) {
                return own.address();
            }
        }
        return null;
    }

    private @Nullable Question question(int socketId) {
        for (Question question : questions) {
            if (question.socketId == socketId) {
                return question;
            }
        }
        return null;
    }

    /** A stream is open; false if it is none of ours. */
    boolean opened(int socketId, InetSocketAddress local) {
        Question question = question(socketId);
        if (question == null) {
            return false;
        }
        question.local = local;
        byte[] request = StunWriter.request(StunMessage.BINDING, question.id)
                .fingerprint()
                .toByteArray();
        out.send(new IceTransmit(socketId, request, question.remote));
        return true;
    }

    /** A stream is closed, or could not be opened; false if it is none of ours. */
    boolean closed(int socketId, String reason) {
        Question question = question(socketId);
        if (question == null) {
            return kept.removeIf(each -> each.socketId == socketId);
        }
        questions.remove(question);
        fail(question.server, question.local, 701, reason);
        return true;
    }

    /** Bytes came; false if the stream is none of ours. */
    boolean handleBytes(int socketId, byte[] data, int offset, int length) {
        Question question = question(socketId);
        if (question == null) {
            return kept.stream().anyMatch(each -> each.socketId == socketId);
        }
        TurnFrames frames = question.frames;
        frames.handleBytes(data, offset, length);
        while (questions.contains(question) && frames.next()) {
            StunMessage response = StunMessage.parse(frames.data(), frames.offset(), frames.length());
            if (response != null && response.transactionId().equals(question.id)) {
                answered(question, response);
            }
        }
        if (frames.isBroken()) {
            end(question);
            fail(question.server, question.local, 701, "the STUN server sent what is no STUN message");
        }
        return true;
    }

    private void answered(Question question, StunMessage response) {
        InetSocketAddress mapped = response.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS);
        boolean told = response.messageClass() == StunClass.SUCCESS && mapped != null;
        if (told && question.fromPort) {
            questions.remove(question);
            kept.add(question);
        } else {
            end(question);
        }
        if (told && mapped != null) {
            owner.streamMapped(question.server, question.local, mapped);
        } else {
            int code = response.errorCode() == 0 ? 701 : response.errorCode();
            fail(question.server, question.local, code, "the STUN server answered with an error");
        }
    }

    /** A server that is configured over UDP may have no TCP: nobody has asked for it. */
    private void fail(StunServer server, @Nullable InetSocketAddress local, int code, String text) {
        if (server.transport() != ServerTransport.UDP) {
            owner.streamFailed(server, local, code, text);
        }
    }

    private void end(Question question) {
        if (questions.remove(question)) {
            out.close(question.socketId);
        }
    }

    void handleTimeout(long now) {
        if (giveUpAt > now) {
            return;
        }
        giveUpAt = Time.NEVER;
        for (StunServer server : lookups.values()) {
            fail(server, null, 701, "the name " + server.host() + " did not resolve in time");
        }
        lookups.clear();
        for (Question question : List.copyOf(questions)) {
            end(question);
            fail(question.server, question.local, 701, "the STUN server does not answer");
        }
    }

    long nextTimeout() {
        return isDone() ? Time.NEVER : giveUpAt;
    }

    /** Asks nothing any more; streams that stay do so. */
    private void clear() {
        lookups.clear();
        known.clear();
        for (Question question : List.copyOf(questions)) {
            end(question);
        }
    }

    void close() {
        clear();
        ports.clear();
        for (Question question : kept) {
            out.close(question.socketId);
        }
        kept.clear();
    }
}

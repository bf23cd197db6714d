package dev.yodel.ice.turn;

import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which requests to a TURN server are under way, when is each sent again, and is its answer to be believed (RFC 8489
 * sections 6.2, 9.2.5)? It does not know what an answer means.
 */
final class ClientRequests {
    private static final long RTO_NANOS = 500 * Time.MILLISECOND;
    /** Departure: Rc of RFC 8489 is 7; a person waits for gathering. */
    private static final int MAX_SENDS = 5;

    private static final long LAST_WAIT_NANOS = 2 * Time.SECOND;
    /** As long as the sends over UDP take together; RFC 8489 section 6.2.2 would wait for 39.5 s. */
    private static final long RELIABLE_WAIT_NANOS = 9_500 * Time.MILLISECOND;

    private static final int MAX_AUTH_RETRIES = 3;

    /** Knows what requests are for. */
    interface Owner {
        /** Writes the attributes of a request. */
        void write(Request request, StunWriter writer);

        void succeeded(Request request, StunMessage response, long now);

        /** The answer, null if there was none, is no success. */
        void failed(Request request, int code, String text, @Nullable StunMessage response, long now);
    }

    /** One request, that can be written again under another nonce. */
    static final class Request {
        final int method;
        final long lifetimeSeconds;
        final @Nullable InetSocketAddress peer;
        final int channel;
        private TransactionId id = new TransactionId(0, 0);
        private byte[] data = new byte[0];
        private int authRetries;
        private boolean signed;
        private int sends;
        private long rto = RTO_NANOS;
        private long deadline = Time.NEVER;

        Request(int method, long lifetimeSeconds, @Nullable InetSocketAddress peer, int channel) {
            this.method = method;
            this.lifetimeSeconds = lifetimeSeconds;
            this.peer = peer;
            this.channel = channel;
        }
    }

    private final boolean reliable;
    private final ClientAuthentication authentication;
    private final RandomSource random;
    private final Owner owner;
    private final ArrayDeque<byte[]> out;
    private final Map<TransactionId, Request> underWay = new LinkedHashMap<>();
    private long dropped;

    ClientRequests(
            boolean reliable,
            ClientAuthentication authentication,
            RandomSource random,
            ArrayDeque<byte[]> out,
            Owner owner) {
        this.reliable = reliable;
        this.authentication = authentication;
        this.random = random;
        this.out = out;
        this.owner = owner;
    }

    long dropped() {
        return dropped;
    }

    void send(Request request, long now) {
        request.id = TransactionId.random(random);
        request.sends = 0;
        request.rto = RTO_NANOS;
        request.signed = authentication.signs();
        StunWriter writer = StunWriter.request(request.method, request.id);
        owner.write(request, writer);
        authentication.sign(writer);
        request.data = writer.fingerprint().toByteArray();
        underWay.put(request.id, request);
        transmit(request, now);
    }

    private void transmit(Request request, long now) {
        request.sends++;
        if (reliable) {
            request.deadline = now + RELIABLE_WAIT_NANOS;
        } else {
            request.deadline = now + (request.sends == MAX_SENDS ? LAST_WAIT_NANOS : request.rto);
            request.rto *= 2;
        }
        out.add(request.data);
    }

    void handleResponse(StunMessage response, long now) {
        Request request = underWay.get(response.transactionId());
        if (request == null || response.method() != request.method) {
            dropped++;
            return;
        }
        if (response.messageClass() == StunClass.SUCCESS) {
            // RFC 8489 section 9.2.5: what was asked with integrity is answered with it.
            if (request.signed && !authentication.verifies(response)) {
                dropped++;
                if (reliable) {
                    underWay.remove(request.id);
                    owner.failed(request, 701, "the TURN server's answer has a wrong integrity", null, now);
                }
                return;
            }
            underWay.remove(request.id);
            owner.succeeded(request, response, now);
            return;
        }
        underWay.remove(request.id);
        int code = response.errorCode();
        if (code == 401 || code == 438) {
            switch (authentication.challenged(code, response, request.signed)) {
                case RETRY -> {
                    if (request.authRetries++ < MAX_AUTH_RETRIES) {
                        send(request, now);
                    } else {
                        owner.failed(request, code, "the TURN server challenges without end", response, now);
                    }
                }
                case WRONG_CREDENTIALS ->
                    owner.failed(request, code, "the TURN server refuses the credentials", response, now);
                case UNUSABLE ->
                    owner.failed(
                            request,
                            code,
                            "the TURN server's challenge offers no algorithm that we know, or less than before",
                            response,
                            now);
            }
            return;
        }
        owner.failed(
                request, code == 0 ? 701 : code, "the TURN server refuses: " + response.errorReason(), response, now);
    }

    void handleTimeout(long now) {
        List<Request> due = new ArrayList<>();
        for (Request request : underWay.values()) {
            if (request.deadline <= now) {
                due.add(request);
            }
        }
        for (Request request : due) {
            if (!reliable && request.sends < MAX_SENDS) {
                transmit(request, now);
            } else if (underWay.remove(request.id) != null) {
                owner.failed(request, 701, "the TURN server does not answer", null, now);
            }
        }
    }

    long nextTimeout() {
        long next = Time.NEVER;
        for (Request request : underWay.values()) {
            next = Math.min(next, request.deadline);
        }
        return next;
    }

    void clear() {
        underWay.clear();
    }
}

package dev.yodel.ice.turn;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What address do you see me under, and may others reach me there? Answers Binding requests (RFC 8489 section 12), and
 * those of NAT behaviour discovery where the server has two addresses with two ports each (RFC 5780; PADDING and
 * RESPONSE-PORT are left out). Stateless but for the list of sockets. One thread only.
 */
final class BindingResponder {
    private static final int CHANGE_IP = 4;
    private static final int CHANGE_PORT = 2;

    private record Listener(int socketId, InetSocketAddress local, InetSocketAddress advertised) {}

    private final ServerOutbox outbox;
    private final TurnServerCounters counters;
    private final List<Listener> listeners = new ArrayList<>();

    BindingResponder(ServerOutbox outbox, TurnServerCounters counters) {
        this.outbox = outbox;
        this.counters = counters;
    }

    void addListener(int socketId, InetSocketAddress local, InetSocketAddress advertised) {
        listeners.add(new Listener(socketId, local, advertised));
    }

    void handle(StunMessage request, ClientPath client) {
        Listener own = client.stream() ? null : listener(client.socketId());
        Listener other = own == null ? null : other(own, true, true);
        boolean discovers = own != null && other != null;
        int[] unknown = discovers
                ? request.unknownRequired(StunAttribute.CHANGE_REQUEST, StunAttribute.USERNAME)
                : request.unknownRequired(StunAttribute.USERNAME);
        if (unknown.length > 0) {
            refuse(request, client, unknown);
            return;
        }
        Listener from = own;
        if (own != null && discovers && request.has(StunAttribute.CHANGE_REQUEST)) {
            long change = Math.max(0, request.u32(StunAttribute.CHANGE_REQUEST));
            from = other(own, (change & CHANGE_IP) != 0, (change & CHANGE_PORT) != 0);
        }
        counters.bindings++;
        StunWriter success = StunWriter.success(request).xorAddress(StunAttribute.XOR_MAPPED_ADDRESS, client.remote());
        if (from != null && other != null) {
            // RFC 5780 section 6.1.
            success.address(StunAttribute.RESPONSE_ORIGIN, from.advertised())
                    .address(StunAttribute.OTHER_ADDRESS, other.advertised());
        }
        finish(request, success, client, from);
    }

    private void refuse(StunMessage request, ClientPath client, int[] unknown) {
        StunWriter error = StunWriter.error(request, 420, "Unknown Attribute").unknownAttributes(unknown);
        finish(request, error, client, null);
    }

    private void finish(StunMessage request, StunWriter response, ClientPath client, @Nullable Listener from) {
        if (request.has(StunAttribute.FINGERPRINT)) {
            response.fingerprint();
        }
        if (from == null) {
            outbox.answer(client, response.toByteArray());
        } else {
            outbox.answerFrom(from.socketId(), client.remote(), response.toByteArray());
        }
    }

    private @Nullable Listener listener(int socketId) {
        for (Listener listener : listeners) {
            if (listener.socketId() == socketId) {
                return listener;
            }
        }
        return null;
    }

    /** The socket with another address, another port, both or neither; null if there is none of the same family. */
    private @Nullable Listener other(Listener own, boolean otherIp, boolean otherPort) {
        for (Listener listener : listeners) {
            boolean sameFamily = own.local().getAddress().getAddress().length
                    == listener.local().getAddress().getAddress().length;
            boolean sameIp = own.local().getAddress().equals(listener.local().getAddress());
            boolean samePort = own.local().getPort() == listener.local().getPort();
            if (sameFamily && sameIp != otherIp && samePort != otherPort) {
                return listener;
            }
        }
        return null;
    }
}

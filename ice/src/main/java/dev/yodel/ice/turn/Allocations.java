package dev.yodel.ice.turn;

import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which allocations are there: by client, by relay and by the address that peers know. It bounds them, in all and per
 * account. It opens nothing and answers nobody. One thread only.
 */
final class Allocations {
    /** A relay and who has it. */
    record Owned(Allocation allocation, Relay relay) {}

    private final TurnServerOptions options;
    private final Map<ClientPath, Allocation> byClient = new HashMap<>();
    private final Map<Integer, Owned> bySocket = new HashMap<>();
    private final Map<InetSocketAddress, Owned> byAdvertised = new HashMap<>();
    private final Map<String, Integer> byAccount = new HashMap<>();
    private int reserved;

    Allocations(TurnServerOptions options) {
        this.options = options;
    }

    @Nullable
    Allocation of(ClientPath client) {
        return byClient.get(client);
    }

    @Nullable
    Owned ofSocket(int relayId) {
        return bySocket.get(relayId);
    }

    /** The relay of this server that has this address, if there is one. */
    @Nullable
    Owned ofAdvertised(InetSocketAddress address) {
        return byAdvertised.get(address);
    }

    /** Whether peers know relays of ours by this address. */
    boolean isRelayAddress(InetAddress address) {
        for (RelayAddress relay : options.relayAddresses()) {
            if (relay.advertised().equals(address)) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is room for so many more, allocations and reserved ports. */
    boolean hasRoom(int more) {
        return byClient.size() + reserved + more <= options.maxAllocations();
    }

    boolean hasRoomFor(String account, int more) {
        return byAccount.getOrDefault(account, 0) + more <= options.maxAllocationsPerUser();
    }

    /** From now on it counts, though its sockets are still to be opened. */
    void add(Allocation allocation) {
        byClient.put(allocation.client, allocation);
        count(allocation.account, 1);
    }

    void addRelay(Allocation allocation, Relay relay) {
        allocation.relays.add(relay);
        Owned owned = new Owned(allocation, relay);
        bySocket.put(relay.socketId, owned);
        byAdvertised.put(relay.advertised, owned);
    }

    void removeRelay(Allocation allocation, Relay relay) {
        allocation.relays.remove(relay);
        bySocket.remove(relay.socketId);
        byAdvertised.remove(relay.advertised);
    }

    void remove(Allocation allocation) {
        if (byClient.remove(allocation.client, allocation)) {
            count(allocation.account, -1);
            for (Relay relay : List.copyOf(allocation.relays)) {
                removeRelay(allocation, relay);
            }
        }
    }

    void reserve(String account, int change) {
        reserved += change;
        count(account, change);
    }

    private void count(String account, int change) {
        int count = byAccount.getOrDefault(account, 0) + change;
        if (count <= 0) {
            byAccount.remove(account);
        } else {
            byAccount.put(account, count);
        }
    }

    List<Allocation> expired(long now) {
        List<Allocation> expired = new ArrayList<>();
        for (Allocation allocation : byClient.values()) {
            if (allocation.expiresAt <= now) {
                expired.add(allocation);
            }
        }
        return expired;
    }

    long nextExpiry() {
        long next = Time.NEVER;
        for (Allocation allocation : byClient.values()) {
            next = Math.min(next, allocation.expiresAt);
        }
        return next;
    }

    Collection<Allocation> all() {
        return List.copyOf(byClient.values());
    }

    int count() {
        return byClient.size();
    }

    /** Sockets of relays that belong to somebody. */
    int relayCount() {
        return bySocket.size();
    }

    int accountCount() {
        return byAccount.size();
    }
}

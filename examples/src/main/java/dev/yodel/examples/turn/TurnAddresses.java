package dev.yodel.examples.turn;

import dev.yodel.ice.turn.RelayAddress;
import dev.yodel.io.AddressLiteral;
import dev.yodel.io.NetworkAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a TURN server listens and relays.
 *
 * @param listen addresses of this machine
 * @param relays the same, and what peers know them by; those that others can reach come first
 */
record TurnAddresses(List<InetAddress> listen, List<RelayAddress> relays) {
    static TurnAddresses of(List<String> listen, List<String> external, List<NetworkAddress> machine) {
        final List<InetAddress> own = new ArrayList<>();
        final boolean all = listen.isEmpty() || listen.contains("0.0.0.0") || listen.contains("::");
        for (final NetworkAddress address : machine) {
            // A link-local address means nothing without the link, which no client could name.
            if (all && !address.address().isLinkLocalAddress()) {
                own.add(address.address());
            }
        }
        if (all) {
            own.sort((one, other) -> Boolean.compare(one.isLoopbackAddress(), other.isLoopbackAddress()));
        } else {
            for (final String text : listen) {
                own.add("localhost".equals(text) ? InetAddress.getLoopbackAddress() : address("--listen", text));
            }
        }
        final Map<InetAddress, InetAddress> advertised = new HashMap<>();
        for (final String text : external) {
            final int slash = text.indexOf('/');
            final InetAddress outer = address("--external-address", slash < 0 ? text : text.substring(0, slash));
            final InetAddress local =
                    slash < 0 ? firstOfFamily(own, outer) : address("--external-address", text.substring(slash + 1));
            advertised.put(local, outer);
        }
        final List<RelayAddress> relays = new ArrayList<>();
        for (final InetAddress address : own) {
            relays.add(new RelayAddress(address, advertised.getOrDefault(address, address)));
        }
        return new TurnAddresses(List.copyOf(own), List.copyOf(relays));
    }

    private static InetAddress firstOfFamily(List<InetAddress> own, InetAddress outer) {
        for (final InetAddress address : own) {
            if (address.getAddress().length == outer.getAddress().length && !address.isLoopbackAddress()) {
                return address;
            }
        }
        throw new IllegalArgumentException(
                "--external-address " + outer.getHostAddress() + ": this machine has no address of that family");
    }

    private static InetAddress address(String option, String text) {
        final InetAddress address = AddressLiteral.parse(text);
        if (address == null) {
            throw new IllegalArgumentException(option + " takes an IP address, not " + text);
        }
        return address;
    }

    /** Two addresses of one family: with a second port each they answer RFC 5780. */
    List<InetAddress> discovery() {
        for (final InetAddress first : listen) {
            for (final InetAddress second : listen) {
                if (!first.equals(second) && first.getAddress().length == second.getAddress().length) {
                    return List.of(first, second);
                }
            }
        }
        return List.of();
    }

    boolean canDiscover() {
        return !discovery().isEmpty();
    }
}

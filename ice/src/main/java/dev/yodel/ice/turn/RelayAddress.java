package dev.yodel.ice.turn;

import java.net.InetAddress;

/**
 * An address that relays are opened on, and the one that peers reach it by.
 *
 * @param local an address of this machine
 * @param advertised what clients are told: the same, or the outer address of a one-to-one NAT that keeps ports
 */
public record RelayAddress(InetAddress local, InetAddress advertised) {
    /**
     * Checks that both are usable.
     *
     * @throws IllegalArgumentException for the wildcard, or if the families differ
     */
    public RelayAddress {
        if (local.isAnyLocalAddress() || advertised.isAnyLocalAddress()) {
            throw new IllegalArgumentException("a relay needs an address that peers can send to, not "
                    + local.getHostAddress() + " as " + advertised.getHostAddress());
        }
        if (local.getAddress().length != advertised.getAddress().length) {
            throw new IllegalArgumentException(
                    local.getHostAddress() + " cannot be reached by " + advertised.getHostAddress());
        }
    }

    /**
     * An address that peers reach as it is.
     *
     * @param local an address of this machine
     * @return both the same
     */
    public static RelayAddress of(InetAddress local) {
        return new RelayAddress(local, local);
    }
}

package dev.yodel.ice;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Decides which remote addresses an agent may send checks to. Called on the agent's thread; must not block. */
@FunctionalInterface
public interface AddressPolicy {
    /**
     * The policy without configuration. Signaling is not trusted to point us anywhere: refused are unspecified,
     * multicast and broadcast addresses, 0.0.0.0/8, port 0, the metadata addresses of clouds, ports below 1024 except 80
     * and 443 on public addresses, and SIP's 5060 and 5061. Loopback is refused unless our own candidates are loopback.
     */
    AddressPolicy DEFAULT = AddressPolicy::allowedByDefault;

    /**
     * Whether checks may go there.
     *
     * @param remote resolved address; IPv4-mapped IPv6 was made IPv4 before
     * @param ownLoopback whether the agent has a loopback candidate itself
     * @return true to allow
     */
    boolean allows(InetSocketAddress remote, boolean ownLoopback);

    private static boolean allowedByDefault(InetSocketAddress remote, boolean ownLoopback) {
        InetAddress address = remote.getAddress();
        byte[] bytes = address.getAddress();
        int port = remote.getPort();
        if (port == 0 || port == 5060 || port == 5061) {
            return false;
        }
        if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
            return false;
        }
        if (bytes.length == 4) {
            boolean broadcast = bytes[0] == -1 && bytes[1] == -1 && bytes[2] == -1 && bytes[3] == -1;
            boolean metadata = is(bytes, 0xA9FEA9FE);
            if (bytes[0] == 0 || broadcast || metadata) {
                return false;
            }
        } else if (bytes[0] == (byte) 0xFD && bytes[1] == 0 && bytes[2] == 0x0E && bytes[3] == (byte) 0xC2) {
            // fd00:ec2::254, a cloud's metadata service.
            return false;
        }
        if (address.isLoopbackAddress() && !ownLoopback) {
            return false;
        }
        boolean local = address.isSiteLocalAddress()
                || address.isLinkLocalAddress()
                || address.isLoopbackAddress()
                || (bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC);
        return port >= 1024 || (!local && (port == 80 || port == 443));
    }

    private static boolean is(byte[] bytes, int value) {
        return bytes[0] == (byte) (value >> 24)
                && bytes[1] == (byte) (value >> 16)
                && bytes[2] == (byte) (value >> 8)
                && bytes[3] == (byte) value;
    }
}

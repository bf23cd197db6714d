package dev.yodel.io;

import java.net.InetAddress;

/**
 * One address of one network interface.
 *
 * @param interfaceName the system's name, for example {@code eth0}
 * @param interfaceIndex the system's number, unique per interface
 * @param address the address, with its scope if link-local
 * @param prefixLength bits of the network, 0 to 128
 * @param loopback whether the interface is the loopback
 * @param pointToPoint whether the interface is a tunnel or VPN
 * @param multicast whether the interface can do multicast
 */
public record NetworkAddress(
        String interfaceName,
        int interfaceIndex,
        InetAddress address,
        int prefixLength,
        boolean loopback,
        boolean pointToPoint,
        boolean multicast) {}

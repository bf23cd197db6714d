package dev.yodel.io.loop.linux;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Which descriptor of this process is the UDP socket with a local address; and addresses as the kernel has them
 * (ip(7), ipv6(7)).
 */
final class SocketNames {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    static final int V4_LENGTH = 16;
    static final int V6_LENGTH = 28;

    private final SystemCalls calls;
    private final ByteBuffer wanted = ByteBuffer.allocate(V6_LENGTH).order(ByteOrder.nativeOrder());
    private final ByteBuffer found = ByteBuffer.allocateDirect(V6_LENGTH).order(ByteOrder.nativeOrder());

    SocketNames(SystemCalls calls) {
        this.calls = calls;
    }

    /** The one socket; negative if there is none, or more than one could be meant. */
    int find(InetSocketAddress local) {
        InetAddress host = local.getAddress();
        if (host == null) {
            return -1;
        }
        int length = write(wanted, 0, host, local.getPort());
        int match = -1;
        List<Integer> open = calls.open();
        // The newest first: it was opened a moment ago.
        for (int i = open.size() - 1; i >= 0; i--) {
            int descriptor = open.get(i);
            if (isNamed(descriptor, length) && calls.isDatagram(descriptor)) {
                if (match >= 0) {
                    return -1;
                }
                match = descriptor;
            }
        }
        return match;
    }

    private boolean isNamed(int descriptor, int length) {
        if (calls.name(descriptor, found) < 0) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            // Neither the flow label nor the scope of an IPv6 address names it.
            boolean counts = length == V4_LENGTH || i < 4 || (i >= 8 && i < 24);
            if (counts && found.get(i) != wanted.get(i)) {
                return false;
            }
        }
        return true;
    }

    /** Writes an address and port as a sockaddr; its length. */
    static int write(ByteBuffer into, int at, InetAddress host, int port) {
        boolean v6 = host instanceof Inet6Address;
        into.putShort(at, (short) (v6 ? AF_INET6 : AF_INET));
        into.put(at + 2, (byte) (port >> 8));
        into.put(at + 3, (byte) port);
        into.putInt(at + 4, 0);
        byte[] bytes = host.getAddress();
        int address = at + (v6 ? 8 : 4);
        for (int i = 0; i < bytes.length; i++) {
            into.put(address + i, bytes[i]);
        }
        if (host instanceof Inet6Address six) {
            into.putInt(at + 24, six.getScopeId());
            return V6_LENGTH;
        }
        into.putLong(at + 8, 0);
        return V4_LENGTH;
    }
}

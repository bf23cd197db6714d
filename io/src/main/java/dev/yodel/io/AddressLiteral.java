package dev.yodel.io;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Texts that are IP addresses (RFC 4291 2.2), told from host names without ever asking a name server. Any thread.
 */
public final class AddressLiteral {
    private AddressLiteral() {}

    /**
     * Reads an address.
     *
     * @param text an IPv4 address of four decimal numbers, or an IPv6 address, which may stand in brackets; any other text
     *     is no address, nor is one with a zone ({@code fe80::1%eth0}), which means something on one machine only
     * @return the address, an IPv4-mapped IPv6 one as IPv4; null if the text is none
     */
    public static @Nullable InetAddress parse(String text) {
        byte[] bytes = octets(text);
        if (bytes == null) {
            return null;
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes are always an address", e);
        }
    }

    /**
     * Writes an address as SDP and W3C do.
     *
     * @param address the address
     * @return its text, without zone and host name
     */
    public static String text(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    private static byte @Nullable [] octets(String text) {
        if (text.indexOf(':') < 0) {
            return parseIpv4(text, 0, text.length());
        }
        boolean brackets = text.charAt(0) == '[' && text.charAt(text.length() - 1) == ']';
        return parseIpv6(brackets ? text.substring(1, text.length() - 1) : text);
    }

    private static byte @Nullable [] parseIpv4(String text, int from, int to) {
        byte[] bytes = new byte[4];
        int part = 0;
        int digits = 0;
        int value = 0;
        for (int i = from; i <= to; i++) {
            char c = i < to ? text.charAt(i) : '.';
            if (c == '.') {
                if (digits == 0 || part == 4) {
                    return null;
                }
                bytes[part++] = (byte) value;
                digits = 0;
                value = 0;
            } else if (c >= '0' && c <= '9' && digits < 3) {
                digits++;
                value = value * 10 + c - '0';
                if (value > 255) {
                    return null;
                }
            } else {
                return null;
            }
        }
        return part == 4 ? bytes : null;
    }

    private static byte @Nullable [] parseIpv6(String text) {
        int length = text.length();
        if (length > 45) {
            return null;
        }
        byte[] bytes = new byte[16];
        int at = 0;
        int gap = -1;
        int i = 0;
        if (text.startsWith("::")) {
            gap = 0;
            i = 2;
        } else if (text.charAt(0) == ':') {
            return null;
        }
        while (i < length) {
            int end = text.indexOf(':', i);
            int stop = end < 0 ? length : end;
            if (end < 0 && text.indexOf('.', i) >= 0) {
                byte[] last = parseIpv4(text, i, length);
                if (last == null || at > 12) {
                    return null;
                }
                System.arraycopy(last, 0, bytes, at, 4);
                at += 4;
                break;
            }
            if (stop == i || stop - i > 4 || at > 14) {
                return null;
            }
            int value = 0;
            for (int k = i; k < stop; k++) {
                int digit = Character.digit(text.charAt(k), 16);
                if (digit < 0 || text.charAt(k) > 'f') {
                    return null;
                }
                value = value << 4 | digit;
            }
            bytes[at++] = (byte) (value >> 8);
            bytes[at++] = (byte) value;
            if (end < 0) {
                break;
            }
            i = end + 1;
            if (i == length) {
                return null;
            }
            if (text.charAt(i) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = at;
                i++;
            }
        }
        if (gap < 0) {
            return at == 16 ? bytes : null;
        }
        if (at > 14) {
            return null;
        }
        int moved = at - gap;
        System.arraycopy(bytes, gap, bytes, 16 - moved, moved);
        for (int k = gap; k < 16 - moved; k++) {
            bytes[k] = 0;
        }
        return bytes;
    }
}

package dev.yodel.io;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Texts that are IP addresses, told from host names without ever asking a name server. It resolves nothing. Any thread.
 */
public final class AddressLiteral {
    private AddressLiteral() {}

    /**
     * Reads an address.
     *
     * @param text an IPv4 address of four decimal numbers, or an IPv6 address (RFC 4291 2.2) with or without brackets
     *     and scope; any other text is no address
     * @return the address, an IPv4-mapped IPv6 one as IPv4; null if the text is none
     */
    public static @Nullable InetAddress parse(String text) {
        if (text.indexOf(':') >= 0) {
            try {
                // With a colon in it the JDK never takes it for a name.
                return InetAddress.getByName(text);
            } catch (UnknownHostException noLiteral) {
                return null;
            }
        }
        byte[] octets = new byte[4];
        int count = 0;
        int value = -1;
        int digits = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '.';
            if (c == '.') {
                if (value < 0 || count == 4) {
                    return null;
                }
                octets[count++] = (byte) value;
                value = -1;
                digits = 0;
            } else if (c >= '0' && c <= '9' && ++digits <= 3) {
                value = Math.max(value, 0) * 10 + (c - '0');
                if (value > 255) {
                    return null;
                }
            } else {
                return null;
            }
        }
        if (count != 4) {
            return null;
        }
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }
}

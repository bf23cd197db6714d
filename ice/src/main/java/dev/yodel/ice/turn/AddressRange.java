package dev.yodel.ice.turn;

import dev.yodel.io.AddressLiteral;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A range of IP addresses, {@code address/bits} (RFC 4632). It resolves no names. Immutable.
 *
 * @param address any address of the range
 * @param prefixLength how many leading bits count: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record AddressRange(InetAddress address, int prefixLength) {
    /**
     * Checks the length.
     *
     * @throws IllegalArgumentException if the prefix is longer than the address
     */
    public AddressRange {
        Objects.requireNonNull(address);
        int bits = 8 * address.getAddress().length;
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException(
                    "the prefix of " + address.getHostAddress() + " has 0 to " + bits + " bits, not " + prefixLength);
        }
    }

    /**
     * Reads a range such as {@code 192.0.2.0/24}, {@code 2001:db8::/32} or a single address.
     *
     * @param text an address literal, with or without a slash and a count of bits
     * @return the range
     * @throws IllegalArgumentException if the text is no range
     */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = AddressLiteral.parse(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException("a range of addresses looks like 192.0.2.0/24, not " + text);
        }
        int bits = 8 * address.getAddress().length;
        if (slash >= 0) {
            try {
                bits = Integer.parseInt(text.substring(slash + 1));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("a range of addresses ends with a count of bits, not " + text, e);
            }
        }
        return new AddressRange(address, bits);
    }

    /**
     * Whether an address lies in the range.
     *
     * @param other any address
     * @return false for the other family
     */
    public boolean contains(InetAddress other) {
        return contains(other.getAddress());
    }

    boolean contains(byte[] other) {
        byte[] ours = address.getAddress();
        if (ours.length != other.length) {
            return false;
        }
        for (int i = 0; i < prefixLength; i += 8) {
            int bits = Math.min(8, prefixLength - i);
            int mask = 0xFF << (8 - bits) & 0xFF;
            if (((ours[i / 8] ^ other[i / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AddressRange range && range.prefixLength == prefixLength && contains(range.address);
    }

    @Override
    public int hashCode() {
        // Only what both of two equal ranges share.
        return prefixLength;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefixLength;
    }
}

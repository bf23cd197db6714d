package dev.yodel.ice.stun;

import dev.yodel.io.Bytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A received STUN message, immutable (RFC 8489 section 5). It does not authenticate: see {@link MessageIntegrity}.
 *
 * <pre>
 *  0                   1                   2                   3
 *  |0 0|     STUN Message Type     |         Message Length        |
 *  |                         Magic Cookie                          |
 *  |                     Transaction ID (96 bits)                  |
 *  then attributes: type (16), length (16), value, padding to 4
 * </pre>
 *
 * What follows MESSAGE-INTEGRITY is ignored, except MESSAGE-INTEGRITY-SHA256 and FINGERPRINT (section 14.5); of equal
 * attributes the first counts (section 14). A wrong FINGERPRINT, or anything behind it, makes it no STUN message. Safe
 * for use from any thread.
 */
public final class StunMessage {
    /** Bytes of the fixed header. */
    public static final int HEADER_LENGTH = 20;

    /** RFC 8489 section 5. */
    public static final int MAGIC_COOKIE = 0x2112A442;

    /** The method of STUN itself. */
    public static final int BINDING = 1;

    private final byte[] data;
    private final int type;
    private final TransactionId transactionId;
    /** The offset of each attribute that counts, in order. */
    private final int[] attributes;

    private StunMessage(byte[] data, int[] attributes) {
        this.data = data;
        this.type = Bytes.u16(data, 0);
        this.transactionId = TransactionId.read(data, 8);
        this.attributes = attributes;
    }

    /**
     * Whether a datagram could be STUN, without looking at its attributes.
     *
     * @param data borrowed
     * @param offset first byte
     * @param length count of bytes
     * @return true if header, cookie and length fit
     */
    public static boolean looksLike(byte[] data, int offset, int length) {
        return length >= HEADER_LENGTH
                && (data[offset] & 0xC0) == 0
                && Bytes.i32(data, offset + 4) == MAGIC_COOKIE
                && Bytes.u16(data, offset + 2) == length - HEADER_LENGTH
                && (length & 3) == 0;
    }

    /**
     * Parses one datagram.
     *
     * @param source copied
     * @param offset first byte
     * @param length count of bytes
     * @return the message, or null if it is not exactly one well-formed STUN message
     */
    public static @Nullable StunMessage parse(byte[] source, int offset, int length) {
        if (!looksLike(source, offset, length)) {
            return null;
        }
        byte[] data = Arrays.copyOfRange(source, offset, offset + length);
        int[] found = new int[8];
        int count = 0;
        // What may still be read: everything, only SHA-256 and FINGERPRINT, only FINGERPRINT.
        boolean afterIntegrity = false;
        boolean afterSha256 = false;
        int at = HEADER_LENGTH;
        while (at < length) {
            if (length - at < 4) {
                return null;
            }
            int attribute = Bytes.u16(data, at);
            int valueLength = Bytes.u16(data, at + 2);
            int next = at + 4 + (valueLength + 3 & ~3);
            if (next > length) {
                return null;
            }
            boolean counts = !afterIntegrity && !afterSha256;
            if (attribute == StunAttribute.FINGERPRINT) {
                // RFC 8489 section 14.7: it is the last one.
                if (valueLength != 4 || next != length || StunFingerprint.of(data, 0, at) != Bytes.i32(data, at + 4)) {
                    return null;
                }
                counts = true;
            } else if (attribute == StunAttribute.MESSAGE_INTEGRITY_SHA256) {
                counts = !afterSha256;
                afterSha256 = true;
            } else if (attribute == StunAttribute.MESSAGE_INTEGRITY) {
                afterIntegrity = true;
            }
            if (counts) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, count * 2);
                }
                found[count++] = at;
            }
            at = next;
        }
        return new StunMessage(data, Arrays.copyOf(found, count));
    }

    /**
     * Request, indication, success or error.
     *
     * @return the class
     */
    public StunClass messageClass() {
        return StunClass.ofType(type);
    }

    /**
     * The method, 12 bits.
     *
     * @return for example {@link #BINDING}
     */
    public int method() {
        return StunClass.methodOfType(type);
    }

    /**
     * The transaction.
     *
     * @return its id
     */
    public TransactionId transactionId() {
        return transactionId;
    }

    /**
     * Count of bytes on the wire.
     *
     * @return 20 or more
     */
    public int length() {
        return data.length;
    }

    /**
     * Whether an attribute is there.
     *
     * @param attribute type
     * @return true if it is, with any value
     */
    public boolean has(int attribute) {
        return find(attribute) >= 0;
    }

    /**
     * The value of an attribute.
     *
     * @param attribute type
     * @return a fresh array, or null if it is not there
     */
    public byte @Nullable [] bytes(int attribute) {
        int at = find(attribute);
        return at < 0 ? null : Arrays.copyOfRange(data, valueOffset(at), valueOffset(at) + valueLength(at));
    }

    /**
     * The value of an attribute as UTF-8.
     *
     * @param attribute type
     * @return text, malformed bytes replaced; null if it is not there
     */
    public @Nullable String text(int attribute) {
        int at = find(attribute);
        return at < 0 ? null : new String(data, valueOffset(at), valueLength(at), StandardCharsets.UTF_8);
    }

    /**
     * The value of a 32-bit attribute.
     *
     * @param attribute type
     * @return 0 to 2^32-1, or -1 if it is not there or not of 4 bytes
     */
    public long u32(int attribute) {
        int at = find(attribute);
        return at < 0 || valueLength(at) != 4 ? -1 : Bytes.u32(data, valueOffset(at));
    }

    /**
     * The value of a 64-bit attribute.
     *
     * @param attribute type
     * @return any value, or null if it is not there or not of 8 bytes
     */
    public @Nullable Long i64(int attribute) {
        int at = find(attribute);
        return at < 0 || valueLength(at) != 8 ? null : (Long) Bytes.i64(data, valueOffset(at));
    }

    /**
     * The value of an address attribute of the xor kind (RFC 8489 section 14.2).
     *
     * @param attribute type
     * @return address and port, or null if it is not there or malformed
     */
    public @Nullable InetSocketAddress xorAddress(int attribute) {
        return address(find(attribute), true);
    }

    /**
     * The values of all attributes of a xor kind that may stand more than once, such as XOR-PEER-ADDRESS (RFC 8656
     * section 10.1).
     *
     * @param attribute type
     * @return addresses in the message's order, empty if there is none; null if one of them is malformed
     */
    public @Nullable List<InetSocketAddress> xorAddresses(int attribute) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (int at : attributes) {
            if (Bytes.u16(data, at) == attribute) {
                InetSocketAddress address = address(at, true);
                if (address == null) {
                    return null;
                }
                addresses.add(address);
            }
        }
        return addresses;
    }

    /**
     * The value of a plain address attribute (RFC 8489 section 14.1).
     *
     * @param attribute type
     * @return address and port, or null if it is not there or malformed
     */
    public @Nullable InetSocketAddress address(int attribute) {
        return address(find(attribute), false);
    }

    /**
     * The code of ERROR-CODE (RFC 8489 section 14.8).
     *
     * @return 300 to 699, or 0 if it is not there or malformed
     */
    public int errorCode() {
        int at = find(StunAttribute.ERROR_CODE);
        if (at < 0 || valueLength(at) < 4) {
            return 0;
        }
        int errorClass = data[valueOffset(at) + 2] & 7;
        int number = Bytes.u8(data, valueOffset(at) + 3);
        return errorClass < 3 || errorClass > 6 || number > 99 ? 0 : errorClass * 100 + number;
    }

    /**
     * The reason phrase of ERROR-CODE.
     *
     * @return text from outside, at most 763 bytes; empty if there is none
     */
    public String errorReason() {
        int at = find(StunAttribute.ERROR_CODE);
        if (at < 0 || valueLength(at) <= 4) {
            return "";
        }
        int length = Math.min(valueLength(at) - 4, 763);
        return new String(data, valueOffset(at) + 4, length, StandardCharsets.UTF_8);
    }

    /**
     * The attributes that must be understood and are not among the given ones (RFC 8489 section 6.3.1).
     *
     * @param understood types, any order
     * @return types in the message's order, without repetition, at most 32
     */
    public int[] unknownRequired(int... understood) {
        int[] unknown = new int[32];
        int count = 0;
        for (int at : attributes) {
            int attribute = Bytes.u16(data, at);
            if (StunAttribute.isComprehensionRequired(attribute)
                    && !contains(understood, understood.length, attribute)
                    && !contains(unknown, count, attribute)
                    && count < unknown.length) {
                unknown[count++] = attribute;
            }
        }
        return Arrays.copyOf(unknown, count);
    }

    private static boolean contains(int[] values, int count, int value) {
        for (int i = 0; i < count; i++) {
            if (values[i] == value) {
                return true;
            }
        }
        return false;
    }

    private @Nullable InetSocketAddress address(int at, boolean xor) {
        if (at < 0 || valueLength(at) < 8) {
            return null;
        }
        int value = valueOffset(at);
        int family = Bytes.u8(data, value + 1);
        int size = family == 1 ? 4 : family == 2 ? 16 : 0;
        if (size == 0 || valueLength(at) != 4 + size) {
            return null;
        }
        int port = Bytes.u16(data, value + 2);
        byte[] address = Arrays.copyOfRange(data, value + 4, value + 4 + size);
        if (xor) {
            port ^= MAGIC_COOKIE >>> 16;
            for (int i = 0; i < size; i++) {
                address[i] ^= data[4 + i];
            }
        }
        try {
            // An IPv4-mapped IPv6 address becomes IPv4 here.
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are always an address", e);
        }
    }

    /** The offset of an attribute's header, or -1. */
    int find(int attribute) {
        for (int at : attributes) {
            if (Bytes.u16(data, at) == attribute) {
                return at;
            }
        }
        return -1;
    }

    int valueOffset(int at) {
        return at + 4;
    }

    int valueLength(int at) {
        return Bytes.u16(data, at + 2);
    }

    /** The bytes themselves, not to be changed. */
    byte[] data() {
        return data;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(80);
        text.append(method() == BINDING ? "Binding" : "method " + method())
                .append(' ')
                .append(messageClass())
                .append(' ')
                .append(transactionId)
                .append(" attributes");
        for (int at : attributes) {
            text.append(String.format(" %04x", Bytes.u16(data, at)));
        }
        if (errorCode() != 0) {
            text.append(" error ").append(errorCode());
        }
        return text.toString();
    }
}

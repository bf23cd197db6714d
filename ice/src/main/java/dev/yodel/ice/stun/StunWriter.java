package dev.yodel.ice.stun;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Writes one STUN message, attribute by attribute, in the order of the calls (RFC 8489 section 5). It does not check
 * that the attributes fit the method. {@link #integrity} comes before {@link #fingerprint}, which comes last. Not for
 * sharing between threads.
 */
public final class StunWriter {
    private static final int CAPACITY_BYTES = 2048;

    private final TransactionId transactionId;
    private ByteWriter out;

    /**
     * Begins a message.
     *
     * @param messageClass class
     * @param method 12 bits, for example {@link StunMessage#BINDING}
     * @param transactionId id
     */
    public StunWriter(StunClass messageClass, int method, TransactionId transactionId) {
        if (method < 0 || method > 0xFFF) {
            throw new IllegalArgumentException("method must be 0 to 4095, was " + method);
        }
        this.transactionId = transactionId;
        out = new ByteWriter(CAPACITY_BYTES);
        out.put16(messageClass.type(method)).put16(0).put32(StunMessage.MAGIC_COOKIE);
        out.put64(transactionId.high()).put32(transactionId.low());
    }

    /**
     * A request.
     *
     * @param method method
     * @param transactionId id
     * @return a writer
     */
    public static StunWriter request(int method, TransactionId transactionId) {
        return new StunWriter(StunClass.REQUEST, method, transactionId);
    }

    /**
     * The success response to a request.
     *
     * @param request what it answers
     * @return a writer
     */
    public static StunWriter success(StunMessage request) {
        return new StunWriter(StunClass.SUCCESS, request.method(), request.transactionId());
    }

    /**
     * The error response to a request, with ERROR-CODE written.
     *
     * @param request what it answers
     * @param code 300 to 699
     * @param reason phrase, ASCII
     * @return a writer
     */
    public static StunWriter error(StunMessage request, int code, String reason) {
        if (code < 300 || code > 699) {
            throw new IllegalArgumentException("code must be 300 to 699, was " + code);
        }
        byte[] phrase = reason.getBytes(StandardCharsets.UTF_8);
        byte[] value = new byte[4 + phrase.length];
        value[2] = (byte) (code / 100);
        value[3] = (byte) (code % 100);
        System.arraycopy(phrase, 0, value, 4, phrase.length);
        return new StunWriter(StunClass.ERROR, request.method(), request.transactionId())
                .bytes(StunAttribute.ERROR_CODE, value);
    }

    /**
     * Appends an attribute.
     *
     * @param attribute type
     * @param value copied, at most 65,535 bytes
     * @return this
     */
    public StunWriter bytes(int attribute, byte[] value) {
        return bytes(attribute, value, 0, value.length);
    }

    /**
     * Appends an attribute.
     *
     * @param attribute type
     * @param value copied
     * @param offset first byte
     * @param length count of bytes, at most 65,535
     * @return this
     */
    public StunWriter bytes(int attribute, byte[] value, int offset, int length) {
        if (length > 0xFFFF) {
            throw new IllegalArgumentException("an attribute holds at most 65535 bytes, was " + length);
        }
        reserve(4 + length + 3);
        out.put16(attribute).put16(length).put(value, offset, length).padTo(4);
        return this;
    }

    /**
     * Appends an attribute without a value.
     *
     * @param attribute type
     * @return this
     */
    public StunWriter flag(int attribute) {
        return bytes(attribute, Bytes.EMPTY);
    }

    /**
     * Appends a text attribute in UTF-8.
     *
     * @param attribute type
     * @param value text
     * @return this
     */
    public StunWriter text(int attribute, String value) {
        return bytes(attribute, value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Appends a 32-bit attribute.
     *
     * @param attribute type
     * @param value low 32 bits count
     * @return this
     */
    public StunWriter u32(int attribute, long value) {
        byte[] bytes = new byte[4];
        Bytes.put32(bytes, 0, (int) value);
        return bytes(attribute, bytes);
    }

    /**
     * Appends a 64-bit attribute.
     *
     * @param attribute type
     * @param value any value
     * @return this
     */
    public StunWriter i64(int attribute, long value) {
        byte[] bytes = new byte[8];
        Bytes.put64(bytes, 0, value);
        return bytes(attribute, bytes);
    }

    /**
     * Appends an address, xored with cookie and transaction id (RFC 8489 section 14.2).
     *
     * @param attribute type
     * @param address resolved address and port
     * @return this
     */
    public StunWriter xorAddress(int attribute, InetSocketAddress address) {
        byte[] ip = address.getAddress().getAddress();
        byte[] value = new byte[4 + ip.length];
        value[1] = (byte) (ip.length == 4 ? 1 : 2);
        Bytes.put16(value, 2, address.getPort() ^ StunMessage.MAGIC_COOKIE >>> 16);
        byte[] mask = new byte[16];
        Bytes.put32(mask, 0, StunMessage.MAGIC_COOKIE);
        transactionId.write(mask, 4);
        for (int i = 0; i < ip.length; i++) {
            value[4 + i] = (byte) (ip[i] ^ mask[i]);
        }
        return bytes(attribute, value);
    }

    /**
     * Appends a plain address (RFC 8489 section 14.1).
     *
     * @param attribute type
     * @param address resolved address and port
     * @return this
     */
    public StunWriter address(int attribute, InetSocketAddress address) {
        byte[] ip = address.getAddress().getAddress();
        byte[] value = new byte[4 + ip.length];
        value[1] = (byte) (ip.length == 4 ? 1 : 2);
        Bytes.put16(value, 2, address.getPort());
        System.arraycopy(ip, 0, value, 4, ip.length);
        return bytes(attribute, value);
    }

    /**
     * Appends the types of a 420 response (RFC 8489 section 14.13).
     *
     * @param attributes types
     * @return this
     */
    public StunWriter unknownAttributes(int[] attributes) {
        byte[] value = new byte[attributes.length * 2];
        for (int i = 0; i < attributes.length; i++) {
            Bytes.put16(value, 2 * i, attributes[i]);
        }
        return bytes(StunAttribute.UNKNOWN_ATTRIBUTES, value);
    }

    /**
     * Appends MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256 over what was written so far.
     *
     * @param key key
     * @param algorithm which attribute
     * @return this
     */
    public StunWriter integrity(MessageIntegrity key, MessageIntegrity.Algorithm algorithm) {
        int length = out.length();
        byte[] value = key.compute(
                algorithm, out.array(), 0, length, length - StunMessage.HEADER_LENGTH + 4 + algorithm.length);
        return bytes(algorithm.attribute, value);
    }

    /**
     * Appends FINGERPRINT; nothing may follow.
     *
     * @return this
     */
    public StunWriter fingerprint() {
        reserve(8);
        Bytes.put16(out.array(), 2, out.length() - StunMessage.HEADER_LENGTH + 8);
        return u32(StunAttribute.FINGERPRINT, StunFingerprint.of(out.array(), 0, out.length()));
    }

    /**
     * The finished message.
     *
     * @return a fresh array, owned by the caller
     */
    public byte[] toByteArray() {
        Bytes.put16(out.array(), 2, out.length() - StunMessage.HEADER_LENGTH);
        return out.toByteArray();
    }

    private void reserve(int bytes) {
        if (out.remaining() < bytes) {
            byte[] written = out.toByteArray();
            out = new ByteWriter((written.length + bytes) * 2).put(written);
        }
    }
}

package dev.yodel.sctp.dcep;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A message of the Data Channel Establishment Protocol. RFC 8832 5.
 *
 * <pre>
 * | type 1 | channel type 1 | priority 2 | reliability 4 | label length 2 | protocol length 2 | label | protocol |
 * | type 1 |
 * </pre>
 */
sealed interface DataChannelMessage {
    /** Type of {@link Ack}. */
    int TYPE_ACK = 2;

    /** Type of {@link Open}. */
    int TYPE_OPEN = 3;

    /** Bytes in front of an OPEN's label. */
    int OPEN_HEADER_BYTES = 12;

    /** The longest label or protocol in bytes. */
    int MAX_TEXT_BYTES = 0xffff;

    /** In the channel type: the order does not matter. */
    int UNORDERED = 0x80;

    /** Channel type: everything arrives. */
    int RELIABLE = 0;

    /** Channel type: the reliability parameter counts retransmissions. */
    int LIMITED_RETRANSMITS = 1;

    /** Channel type: the reliability parameter is a lifetime in milliseconds. */
    int LIMITED_LIFETIME = 2;

    /**
     * Opens a channel on the stream it comes on.
     *
     * @param parameters what the channel is like
     */
    record Open(ChannelParameters parameters) implements DataChannelMessage {
        /** The message's bytes. */
        byte[] write() {
            byte[] label = parameters.label().getBytes(StandardCharsets.UTF_8);
            byte[] protocol = parameters.protocol().getBytes(StandardCharsets.UTF_8);
            if (label.length > MAX_TEXT_BYTES || protocol.length > MAX_TEXT_BYTES) {
                throw new IllegalArgumentException("label and protocol have at most 65535 bytes of UTF-8");
            }
            int type = parameters.maxRetransmits() >= 0
                    ? LIMITED_RETRANSMITS
                    : parameters.maxLifetimeMillis() >= 0 ? LIMITED_LIFETIME : RELIABLE;
            long limit = Math.max(0, Math.max(parameters.maxRetransmits(), parameters.maxLifetimeMillis()));
            return new ByteWriter(OPEN_HEADER_BYTES + label.length + protocol.length)
                    .put8(TYPE_OPEN)
                    .put8(type | (parameters.ordered() ? 0 : UNORDERED))
                    .put16(parameters.priority())
                    .put32((int) limit)
                    .put16(label.length)
                    .put16(protocol.length)
                    .put(label)
                    .put(protocol)
                    .array();
        }
    }

    /** Says that an OPEN was accepted. */
    record Ack() implements DataChannelMessage {
        /** The message's bytes. */
        byte[] write() {
            return new byte[] {TYPE_ACK};
        }
    }

    /** Reads a message; null if it is not exactly as RFC 8832 5 says (C18), but that Pion's ACK has four bytes. */
    static @Nullable DataChannelMessage parse(byte[] data) {
        if (data.length >= 1 && data.length <= 4 && data[0] == TYPE_ACK) {
            return new Ack();
        }
        if (data.length < OPEN_HEADER_BYTES || data[0] != TYPE_OPEN) {
            return null;
        }
        int labelBytes = Bytes.u16(data, 8);
        int protocolBytes = Bytes.u16(data, 10);
        int type = Bytes.u8(data, 1) & ~UNORDERED;
        if (data.length != OPEN_HEADER_BYTES + labelBytes + protocolBytes || type > LIMITED_LIFETIME) {
            return null;
        }
        String label = text(data, OPEN_HEADER_BYTES, labelBytes);
        String protocol = text(data, OPEN_HEADER_BYTES + labelBytes, protocolBytes);
        if (label == null || protocol == null) {
            return null;
        }
        long limit = Bytes.u32(data, 4);
        return new Open(new ChannelParameters(
                label,
                protocol,
                (Bytes.u8(data, 1) & UNORDERED) == 0,
                type == LIMITED_RETRANSMITS ? limit : -1,
                type == LIMITED_LIFETIME ? limit : -1,
                Bytes.u16(data, 2)));
    }

    private static @Nullable String text(byte[] data, int offset, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}

package dev.yodel.dtls.engine;

import dev.yodel.io.Bytes;
import java.util.List;

/**
 * The messages we sent last, which are repeated until the peer has answered them (RFC 6347 4.2.4). It packs as many records
 * into a datagram as fit and fragments what is longer. It does not know when to repeat.
 */
final class Flight {
    /** From this transmission on datagrams are small enough for any path (RFC 6347 4.1.1.1): 576 less IP and UDP. */
    static final int SMALL_FROM_ATTEMPT = 3;

    static final int SMALL_DATAGRAM_BYTES = 548;

    private static final int OVERHEAD = Wire.RECORD_HEADER_BYTES + Wire.HANDSHAKE_HEADER_BYTES;
    /** A fragment shorter than this is not worth its headers. */
    private static final int MIN_FRAGMENT_BYTES = 48;

    private static final byte[] CHANGE_CIPHER_SPEC = {1};

    private final List<HandshakeMessage> messages;
    private final byte[] header = new byte[Wire.HANDSHAKE_HEADER_BYTES];
    private int attempts;

    Flight(List<HandshakeMessage> messages) {
        this.messages = messages;
    }

    int attempts() {
        return attempts;
    }

    /** Writes the whole flight into the queue. */
    void transmit(RecordWriter writer, DatagramQueue queue, int mtuBytes) {
        int limit = attempts < SMALL_FROM_ATTEMPT ? mtuBytes : Math.min(mtuBytes, SMALL_DATAGRAM_BYTES);
        attempts++;
        DatagramQueue.Entry datagram = queue.acquire(limit);
        for (HandshakeMessage message : messages) {
            if (message.epoch() == 1) {
                datagram = writeFinished(message, datagram, writer, queue, limit);
            } else {
                datagram = writeFragments(message, datagram, writer, queue, limit);
            }
        }
        if (datagram.length > 0) {
            queue.add(datagram);
        }
    }

    private DatagramQueue.Entry writeFragments(
            HandshakeMessage message, DatagramQueue.Entry first, RecordWriter writer, DatagramQueue queue, int limit) {
        DatagramQueue.Entry datagram = first;
        // RFC 6347 4.2.1: before the version is known the record says DTLS 1.0.
        int version = message.type() == Wire.CLIENT_HELLO ? Wire.DTLS_1_0 : Wire.DTLS_1_2;
        int length = message.body().length;
        int offset = 0;
        do {
            int wanted = Math.min(length - offset, MIN_FRAGMENT_BYTES);
            if (datagram.length > 0 && limit - datagram.length < OVERHEAD + wanted) {
                queue.add(datagram);
                datagram = queue.acquire(limit);
            }
            int fragment = Math.min(length - offset, limit - datagram.length - OVERHEAD);
            fillHeader(message, offset, fragment);
            datagram.length += writer.writePlain(
                    Wire.HANDSHAKE,
                    version,
                    header,
                    header.length,
                    message.body(),
                    offset,
                    fragment,
                    datagram.data,
                    datagram.length);
            offset += fragment;
        } while (offset < length);
        return datagram;
    }

    private DatagramQueue.Entry writeFinished(
            HandshakeMessage message, DatagramQueue.Entry first, RecordWriter writer, DatagramQueue queue, int limit) {
        DatagramQueue.Entry datagram = first;
        byte[] whole = new byte[Wire.HANDSHAKE_HEADER_BYTES + message.body().length];
        fillHeader(message, 0, message.body().length);
        System.arraycopy(header, 0, whole, 0, header.length);
        System.arraycopy(message.body(), 0, whole, header.length, message.body().length);
        int needed = Wire.RECORD_HEADER_BYTES + CHANGE_CIPHER_SPEC.length + RecordWriter.sealedBytes(whole.length);
        if (datagram.length > 0 && limit - datagram.length < needed) {
            queue.add(datagram);
            datagram = queue.acquire(limit);
        }
        datagram.length += writer.writePlain(
                Wire.CHANGE_CIPHER_SPEC,
                Wire.DTLS_1_2,
                CHANGE_CIPHER_SPEC,
                1,
                Bytes.EMPTY,
                0,
                0,
                datagram.data,
                datagram.length);
        datagram.length += writer.writeSealed(Wire.HANDSHAKE, whole, 0, whole.length, datagram.data, datagram.length);
        return datagram;
    }

    private void fillHeader(HandshakeMessage message, int offset, int fragment) {
        header[0] = (byte) message.type();
        Bytes.put24(header, 1, message.body().length);
        Bytes.put16(header, 4, message.messageSeq());
        Bytes.put24(header, 6, offset);
        Bytes.put24(header, 9, fragment);
    }
}

package dev.yodel.dtls.engine;

import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/** Writes records and numbers them: every record, also a repeated one, gets a number of its own (RFC 6347 4.1). */
final class RecordWriter {
    /** RFC 6347 4.1: a sequence number must not wrap; 2^48 records are out of reach, yet the check is cheap. */
    private static final long MAX_SEQUENCE = (1L << 48) - 1;

    private long plainSequence;
    private long sealedSequence;
    private @Nullable RecordCipher cipher;

    void install(RecordCipher installed) {
        cipher = installed;
    }

    /** Writes a record of epoch 0 with a payload that stands in two ranges. */
    int writePlain(
            int type,
            int version,
            byte[] head,
            int headLength,
            byte[] body,
            int offset,
            int length,
            byte[] into,
            int at) {
        into[at] = (byte) type;
        Bytes.put16(into, at + 1, version);
        Bytes.put64(into, at + 3, plainSequence++);
        Bytes.put16(into, at + 11, headLength + length);
        System.arraycopy(head, 0, into, at + Wire.RECORD_HEADER_BYTES, headLength);
        System.arraycopy(body, offset, into, at + Wire.RECORD_HEADER_BYTES + headLength, length);
        return Wire.RECORD_HEADER_BYTES + headLength + length;
    }

    /** Writes a record of epoch 1. */
    int writeSealed(int type, byte[] data, int offset, int length, byte[] into, int at) {
        RecordCipher sealing = cipher;
        if (sealing == null || sealedSequence > MAX_SEQUENCE) {
            throw new IllegalStateException("no key to seal a record with");
        }
        return sealing.seal(type, sealedSequence++, data, offset, length, into, at);
    }

    static int sealedBytes(int length) {
        return RecordCipher.PLAINTEXT_OFFSET + length + Wire.TAG_BYTES;
    }
}

package dev.yodel.dtls.engine;

import dev.yodel.io.Bytes;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals and opens the AES-GCM records of epoch 1 with the JDK's cipher (RFC 5288, RFC 6347 4.1.2.1). It knows nothing of
 * replay or of sequence numbers: the caller must never seal twice with the same one. The explicit nonce is epoch and
 * sequence number.
 *
 * <pre>
 * | type 1 | version 2 | epoch 2 | sequence 6 | length 2 | explicit nonce 8 | ciphertext | tag 16 |
 * </pre>
 */
final class RecordCipher {
    /** Where the plaintext of a sealed record begins, counted from the record's header. */
    static final int PLAINTEXT_OFFSET = Wire.RECORD_HEADER_BYTES + Wire.EXPLICIT_NONCE_BYTES;

    private static final int SALT_BYTES = 4;
    private static final int NONCE_BYTES = 12;
    private static final int AAD_BYTES = 13;
    private static final long EPOCH_1 = 1L << 48;

    private final Cipher sealing;
    private final Cipher opening;
    private final SecretKeySpec writeKey;
    private final SecretKeySpec readKey;
    private final byte[] writeNonce = new byte[NONCE_BYTES];
    private final byte[] readNonce = new byte[NONCE_BYTES];
    private final byte[] aad = new byte[AAD_BYTES];
    /** Where the JDK decrypts to: in place it would copy the whole array. Safe as one thread uses this object. */
    private byte[] scratch = Bytes.EMPTY;

    RecordCipher(RecordKeys keys) {
        try {
            sealing = Cipher.getInstance("AES/GCM/NoPadding");
            opening = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks AES/GCM/NoPadding", e);
        }
        writeKey = new SecretKeySpec(keys.writeKey(), "AES");
        readKey = new SecretKeySpec(keys.readKey(), "AES");
        System.arraycopy(keys.writeSalt(), 0, writeNonce, 0, SALT_BYTES);
        System.arraycopy(keys.readSalt(), 0, readNonce, 0, SALT_BYTES);
    }

    /**
     * Writes a whole record.
     *
     * @return its length
     */
    int seal(int type, long sequence, byte[] plain, int offset, int length, byte[] into, int at) {
        int sealedLength = Wire.EXPLICIT_NONCE_BYTES + length + Wire.TAG_BYTES;
        into[at] = (byte) type;
        Bytes.put16(into, at + 1, Wire.DTLS_1_2);
        Bytes.put64(into, at + 3, EPOCH_1 | sequence);
        Bytes.put16(into, at + 11, sealedLength);
        Bytes.put64(into, at + Wire.RECORD_HEADER_BYTES, EPOCH_1 | sequence);
        System.arraycopy(into, at + Wire.RECORD_HEADER_BYTES, writeNonce, SALT_BYTES, Wire.EXPLICIT_NONCE_BYTES);
        try {
            sealing.init(Cipher.ENCRYPT_MODE, writeKey, new GCMParameterSpec(Wire.TAG_BYTES * 8, writeNonce));
            fillAad(into, at, length);
            sealing.updateAAD(aad, 0, AAD_BYTES);
            sealing.doFinal(plain, offset, length, into, at + PLAINTEXT_OFFSET);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM refused to seal a record of " + length + " bytes", e);
        }
        return Wire.RECORD_HEADER_BYTES + sealedLength;
    }

    /**
     * Authenticates and decrypts a record of epoch 1; the plaintext replaces the ciphertext at {@code at} + {@link
     * #PLAINTEXT_OFFSET}. A record that is refused is left unchanged.
     *
     * @return the plaintext's length, -1 if the record is not authentic
     */
    int open(byte[] data, int at, int payloadLength) {
        int length = payloadLength - Wire.EXPLICIT_NONCE_BYTES - Wire.TAG_BYTES;
        if (length < 0) {
            return -1;
        }
        System.arraycopy(data, at + Wire.RECORD_HEADER_BYTES, readNonce, SALT_BYTES, Wire.EXPLICIT_NONCE_BYTES);
        if (scratch.length < length) {
            scratch = new byte[Math.max(length, 1280)];
        }
        try {
            opening.init(Cipher.DECRYPT_MODE, readKey, new GCMParameterSpec(Wire.TAG_BYTES * 8, readNonce));
            fillAad(data, at, length);
            opening.updateAAD(aad, 0, AAD_BYTES);
            opening.doFinal(data, at + PLAINTEXT_OFFSET, length + Wire.TAG_BYTES, scratch, 0);
        } catch (GeneralSecurityException e) {
            // A wrong tag; whatever else a cipher may find wrong with a peer's record is no reason to throw either.
            return -1;
        }
        System.arraycopy(scratch, 0, data, at + PLAINTEXT_OFFSET, length);
        return length;
    }

    /** RFC 5246 6.2.3.3: sequence number (here epoch and sequence), type, version, plaintext length. */
    private void fillAad(byte[] record, int at, int length) {
        System.arraycopy(record, at + 3, aad, 0, 2 + 6);
        aad[8] = record[at];
        aad[9] = record[at + 1];
        aad[10] = record[at + 2];
        Bytes.put16(aad, 11, length);
    }
}

package dev.yodel.media.sframe;

import dev.yodel.io.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The secrets under one key identifier (RFC 9605 4.4.2), and what is done with them. It knows no counters. For one
 * thread.
 */
final class SFrameKey {
    private static final int NONCE_BYTES = 12;

    private final SFrameCipherSuite suite;
    private final byte[] salt;
    private final SecretKeySpec encryptionKey;
    private final @Nullable SecretKeySpec authenticationKey;
    private final Cipher cipher;

    SFrameKey(SFrameCipherSuite suite, long kid, byte[] baseKey) {
        this.suite = suite;
        try {
            byte[] secret = hmac(suite.mac, new byte[hashBytes(suite.mac)], baseKey);
            byte[] key = expand(secret, label("key", kid), suite.encryptionKeyBytes + suite.authenticationKeyBytes);
            salt = expand(secret, label("salt", kid), NONCE_BYTES);
            encryptionKey = new SecretKeySpec(key, 0, suite.encryptionKeyBytes, "AES");
            // RFC 9605 4.5.1: the key of the cipher first, then that of the tag.
            authenticationKey = suite.isGcm()
                    ? null
                    : new SecretKeySpec(key, suite.encryptionKeyBytes, suite.authenticationKeyBytes, suite.mac);
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(key, (byte) 0);
            cipher = Cipher.getInstance(suite.isGcm() ? "AES/GCM/NoPadding" : "AES/CTR/NoPadding");
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    private byte[] label(String what, long kid) {
        byte[] words = ("SFrame 1.0 Secret " + what + " ").getBytes(StandardCharsets.US_ASCII);
        byte[] label = Arrays.copyOf(words, words.length + 10);
        Bytes.put64(label, words.length, kid);
        Bytes.put16(label, words.length + 8, suite.id);
        return label;
    }

    private static int hashBytes(String mac) {
        return mac.equals("HmacSHA512") ? 64 : 32;
    }

    private static byte[] hmac(String algorithm, byte[] key, byte[] data) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(key, algorithm));
        return mac.doFinal(data);
    }

    /** HKDF-Expand (RFC 5869 2.3). */
    private byte[] expand(byte[] secret, byte[] info, int length) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(suite.mac);
        mac.init(new SecretKeySpec(secret, suite.mac));
        byte[] result = new byte[length];
        byte[] block = {};
        int done = 0;
        for (int counter = 1; done < length; counter++) {
            mac.update(block);
            mac.update(info);
            mac.update((byte) counter);
            block = mac.doFinal();
            int part = Math.min(block.length, length - done);
            System.arraycopy(block, 0, result, done, part);
            done += part;
        }
        return result;
    }

    private byte[] nonce(long counter) {
        byte[] nonce = salt.clone();
        Bytes.put64(nonce, NONCE_BYTES - 8, Bytes.i64(nonce, NONCE_BYTES - 8) ^ counter);
        return nonce;
    }

    /** Encrypts behind a header of {@code headerLength} bytes in {@code into}, which has room for text and tag. */
    void encrypt(long counter, byte[] metadata, byte[] plain, byte[] into, int headerLength) {
        byte[] nonce = nonce(counter);
        try {
            init(Cipher.ENCRYPT_MODE, nonce);
            if (suite.isGcm()) {
                cipher.updateAAD(into, 0, headerLength);
                cipher.updateAAD(metadata);
                cipher.doFinal(plain, 0, plain.length, into, headerLength);
                return;
            }
            cipher.doFinal(plain, 0, plain.length, into, headerLength);
            byte[] tag = tag(nonce, into, 0, headerLength, metadata, plain.length);
            System.arraycopy(tag, 0, into, headerLength + plain.length, suite.tagBytes);
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    /** The plain text of a frame whose header was read; null if it is not authentic. */
    byte @Nullable [] decrypt(long counter, byte[] metadata, byte[] data, int offset, int length, int headerLength) {
        int encrypted = length - headerLength;
        if (encrypted < suite.tagBytes) {
            return null;
        }
        byte[] nonce = nonce(counter);
        try {
            if (suite.isGcm()) {
                init(Cipher.DECRYPT_MODE, nonce);
                cipher.updateAAD(data, offset, headerLength);
                cipher.updateAAD(metadata);
                return cipher.doFinal(data, offset + headerLength, encrypted);
            }
            int plain = encrypted - suite.tagBytes;
            byte[] tag = Arrays.copyOf(tag(nonce, data, offset, headerLength, metadata, plain), suite.tagBytes);
            int tagAt = offset + headerLength + plain;
            // In constant time, as MessageDigest promises.
            if (!MessageDigest.isEqual(tag, Arrays.copyOfRange(data, tagAt, tagAt + suite.tagBytes))) {
                return null;
            }
            init(Cipher.DECRYPT_MODE, nonce);
            return cipher.doFinal(data, offset + headerLength, plain);
        } catch (AEADBadTagException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    private void init(int mode, byte[] nonce) throws GeneralSecurityException {
        if (suite.isGcm()) {
            cipher.init(mode, encryptionKey, new GCMParameterSpec(8 * suite.tagBytes, nonce));
        } else {
            // RFC 9605 4.5.1: the counter of blocks begins at zero.
            cipher.init(mode, encryptionKey, new IvParameterSpec(Arrays.copyOf(nonce, 16)));
        }
    }

    /** RFC 9605 4.5.1: over three lengths, nonce, associated data and ciphertext. */
    private byte[] tag(byte[] nonce, byte[] data, int offset, int headerLength, byte[] metadata, int textLength)
            throws GeneralSecurityException {
        Mac mac = Mac.getInstance(suite.mac);
        mac.init(authenticationKey);
        byte[] lengths = new byte[24];
        Bytes.put64(lengths, 0, headerLength + metadata.length);
        Bytes.put64(lengths, 8, textLength);
        Bytes.put64(lengths, 16, suite.tagBytes);
        mac.update(lengths);
        mac.update(nonce);
        mac.update(data, offset, headerLength);
        mac.update(metadata);
        mac.update(data, offset + headerLength, textLength);
        return mac.doFinal();
    }

    private static IllegalStateException unavailable(GeneralSecurityException e) {
        return new IllegalStateException("the JDK's AES and HMAC, which every JDK must have, do not work", e);
    }
}

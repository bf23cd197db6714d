package dev.yodel.srtp;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Derives session keys from one master key and salt with the AES counter-mode PRF (RFC 3711 4.3, RFC 6188 3, RFC 7714
 * 11). The key derivation rate is 0: keys are derived once.
 */
final class KeyDerivation {
    static final int RTP_KEY = 0;
    static final int RTP_AUTH = 1;
    static final int RTP_SALT = 2;
    static final int RTCP_KEY = 3;
    static final int RTCP_AUTH = 4;
    static final int RTCP_SALT = 5;

    private static final int PRF_SALT_LENGTH = 14;

    private final SecretKeySpec masterKey;
    private final byte[] masterSalt;

    /**
     * Keeps copies.
     *
     * @param masterKey 16 or 32 bytes
     * @param masterSalt 12 or 14 bytes
     */
    KeyDerivation(byte[] masterKey, byte[] masterSalt) {
        this.masterKey = new SecretKeySpec(masterKey, "AES");
        // RFC 7714 11: a 96-bit salt is padded on the right with 16 bits of zero.
        this.masterSalt = Arrays.copyOf(masterSalt, PRF_SALT_LENGTH);
    }

    /**
     * One session key.
     *
     * @param label one of the constants
     * @param length bytes wanted
     * @return a fresh array
     */
    byte[] derive(int label, int length) {
        // RFC 3711 4.3.1: key_id = label || r with r = 0 (48 bits), x = key_id XOR master_salt, IV = x * 2^16.
        byte[] iv = Arrays.copyOf(masterSalt, 16);
        iv[7] ^= (byte) label;
        try {
            Cipher cipher = JdkCrypto.aesCtr();
            cipher.init(Cipher.ENCRYPT_MODE, masterKey, new IvParameterSpec(iv));
            return cipher.doFinal(new byte[length]);
        } catch (GeneralSecurityException e) {
            throw JdkCrypto.unavailable(e);
        }
    }
}

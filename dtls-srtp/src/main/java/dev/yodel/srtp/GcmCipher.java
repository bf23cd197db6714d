package dev.yodel.srtp;

import dev.yodel.io.Bytes;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES in Galois/counter mode with a 16-byte tag (RFC 7714 8 and 9). */
final class GcmCipher extends PacketCipher {
    private static final int TAG = 16;
    private static final int IV = 12;

    private final Cipher cipher;
    private final SecretKeySpec key;
    private final byte[] salt;
    private final byte[] iv = new byte[IV];
    private final byte[] indexWord = new byte[4];
    // What is opened goes here first: a failed open must not touch the packet. Sealing needs none.
    private final SrtpScratch scratch;
    private int lastSealedSsrc;
    private long lastSealedIndex = -1;

    GcmCipher(byte[] key, byte[] salt, SrtpScratch scratch) {
        this.scratch = scratch;
        this.key = new SecretKeySpec(key, "AES");
        this.salt = salt.clone();
        try {
            cipher = JdkCrypto.aesGcm();
        } catch (GeneralSecurityException e) {
            throw JdkCrypto.unavailable(e);
        }
    }

    @Override
    int sealRtp(byte[] data, int offset, int clearLength, int hiddenCsrcs, int length, int ssrc, long index) {
        allowSameIvAgain(ssrc, index);
        initialize(Cipher.ENCRYPT_MODE, ssrc, index);
        join(data, offset, hiddenCsrcs);
        cipher.updateAAD(data, offset, clearLength);
        int sealedLength = clearLength + seal(data, offset + clearLength, length - clearLength);
        part(data, offset, hiddenCsrcs);
        return sealedLength;
    }

    @Override
    int openRtp(byte[] data, int offset, int clearLength, int hiddenCsrcs, int length, int ssrc, long index) {
        initialize(Cipher.DECRYPT_MODE, ssrc, index);
        join(data, offset, hiddenCsrcs);
        cipher.updateAAD(data, offset, clearLength);
        int plainLength = open(data, offset + clearLength, length - clearLength);
        part(data, offset, hiddenCsrcs);
        return plainLength < 0 ? plainLength : clearLength + plainLength;
    }

    @Override
    int sealRtcp(byte[] data, int offset, int length, int ssrc, int index) {
        initialize(Cipher.ENCRYPT_MODE, ssrc, index);
        // RFC 7714 9.2: associated data = first eight bytes || E and index; the index word follows the tag.
        cipher.updateAAD(data, offset, RTCP_CLEAR);
        Bytes.put32(indexWord, 0, ENCRYPTED | index);
        cipher.updateAAD(indexWord, 0, 4);
        int sealedLength = RTCP_CLEAR + seal(data, offset + RTCP_CLEAR, length - RTCP_CLEAR);
        Bytes.put32(data, offset + sealedLength, ENCRYPTED | index);
        return sealedLength + 4;
    }

    @Override
    int openRtcp(byte[] data, int offset, int length, int ssrc, int index) {
        initialize(Cipher.DECRYPT_MODE, ssrc, index);
        cipher.updateAAD(data, offset, RTCP_CLEAR);
        cipher.updateAAD(data, offset + length - 4, 4);
        int plainLength = open(data, offset + RTCP_CLEAR, length - RTCP_CLEAR - 4);
        return plainLength < 0 ? plainLength : RTCP_CLEAR + plainLength;
    }

    /**
     * RFC 7714 8.1 and 9.1: IV = (0x0000 || SSRC || ROC || SEQ) XOR salt, and for RTCP (0x0000 || SSRC || 0x0000 ||
     * index) XOR salt: the same bits, as the index is a 48-bit number in both.
     */
    private void initialize(int mode, int ssrc, long index) {
        iv[0] = salt[0];
        iv[1] = salt[1];
        Bytes.put32(iv, 2, Bytes.i32(salt, 2) ^ ssrc);
        Bytes.put16(iv, 6, Bytes.u16(salt, 6) ^ (int) (index >>> 32));
        Bytes.put32(iv, 8, Bytes.i32(salt, 8) ^ (int) index);
        try {
            cipher.init(mode, key, new GCMParameterSpec(TAG * 8, iv));
        } catch (GeneralSecurityException e) {
            throw JdkCrypto.unavailable(e);
        }
    }

    /**
     * The JDK refuses the IV that it encrypted with last; the same packet may be sent twice, so it is given another
     * first.
     */
    private void allowSameIvAgain(int ssrc, long index) {
        if (index == lastSealedIndex && ssrc == lastSealedSsrc) {
            initialize(Cipher.ENCRYPT_MODE, ~ssrc, index); // nothing is encrypted with this one
        }
        lastSealedSsrc = ssrc;
        lastSealedIndex = index;
    }

    /** In place: where input and output begin at the same byte the JDK copies nothing. */
    private int seal(byte[] data, int at, int count) {
        try {
            return cipher.doFinal(data, at, count, data, at);
        } catch (GeneralSecurityException e) {
            throw JdkCrypto.unavailable(e);
        }
    }

    private int open(byte[] data, int at, int count) {
        byte[] plain = scratch.output(count);
        try {
            int written = cipher.doFinal(data, at, count, plain, 0);
            System.arraycopy(plain, 0, data, at, written);
            return written;
        } catch (AEADBadTagException e) {
            return SrtpResult.AUTHENTICATION_FAILED.code();
        } catch (GeneralSecurityException e) {
            throw JdkCrypto.unavailable(e);
        }
    }
}

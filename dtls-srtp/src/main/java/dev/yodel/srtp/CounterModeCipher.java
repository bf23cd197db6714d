package dev.yodel.srtp;

import dev.yodel.io.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES in counter mode and HMAC-SHA1 cut to 80 bits (RFC 3711 4.1.1 and 4.2.1). The counters are made here and encrypted
 * block by block: setting the JDK's counter mode to a new IV costs as much as 160 bytes of it.
 */
final class CounterModeCipher extends PacketCipher {
    /** Only for XOR, where the order of bytes does not matter. */
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final int BLOCK = 16;
    private static final int TAG = 10;
    private static final int SHA1_BLOCK = 64;
    private static final int SHA1_LENGTH = 20;

    /** Packets of pictures; those of sound are shorter. */
    private static final int LONG = 500;

    private final Cipher cipher;
    private final long saltHigh;
    private final long saltLow;
    // RFC 2104: the padded key, and digests that have swallowed it already. A short packet clones these, which is
    // sooner done than two blocks more; a long one takes the blocks, since the copies' 416 bytes of garbage cost a
    // sender to many more.
    private final byte[] innerPad = new byte[SHA1_BLOCK];
    /** With the inner digest behind it. */
    private final byte[] outer = new byte[SHA1_BLOCK + SHA1_LENGTH];

    private final MessageDigest innerKeyed;
    private final MessageDigest outerKeyed;
    private final byte[] tag = new byte[SHA1_LENGTH];
    private final SrtpScratch scratch;

    CounterModeCipher(byte[] key, byte[] authKey, byte[] salt, SrtpScratch scratch) {
        this.scratch = scratch;
        byte[] wideSalt = new byte[16];
        System.arraycopy(salt, 0, wideSalt, 0, salt.length);
        saltHigh = Bytes.i64(wideSalt, 0);
        saltLow = Bytes.i64(wideSalt, 8);
        try {
            cipher = JdkCrypto.aesEcb();
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
            innerKeyed = JdkCrypto.sha1();
            outerKeyed = JdkCrypto.sha1();
        } catch (GeneralSecurityException e) {
            throw JdkCrypto.unavailable(e);
        }
        for (int i = 0; i < SHA1_BLOCK; i++) {
            int keyByte = i < authKey.length ? authKey[i] : 0;
            innerPad[i] = (byte) (keyByte ^ 0x36);
            outer[i] = (byte) (keyByte ^ 0x5c);
        }
        innerKeyed.update(innerPad);
        outerKeyed.update(outer, 0, SHA1_BLOCK);
    }

    @Override
    int sealRtp(byte[] data, int offset, int clearLength, int hiddenCsrcs, int length, int ssrc, long index) {
        join(data, offset, hiddenCsrcs);
        crypt(data, offset + clearLength, length - clearLength, ssrc, index);
        part(data, offset, hiddenCsrcs);
        int end = offset + length;
        // RFC 3711 4.2: M = authenticated portion || ROC. The tag's place has room for the ROC.
        Bytes.put32(data, end, (int) (index >>> 16));
        authenticate(data, offset, length + 4);
        System.arraycopy(tag, 0, data, end, TAG);
        return length + TAG;
    }

    @Override
    int openRtp(byte[] data, int offset, int clearLength, int hiddenCsrcs, int length, int ssrc, long index) {
        int end = offset + length - TAG;
        int tagStart = Bytes.i32(data, end);
        Bytes.put32(data, end, (int) (index >>> 16));
        authenticate(data, offset, length - TAG + 4);
        Bytes.put32(data, end, tagStart);
        if (!tagFits(data, end)) {
            return SrtpResult.AUTHENTICATION_FAILED.code();
        }
        join(data, offset, hiddenCsrcs);
        crypt(data, offset + clearLength, length - TAG - clearLength, ssrc, index);
        part(data, offset, hiddenCsrcs);
        return length - TAG;
    }

    @Override
    int sealRtcp(byte[] data, int offset, int length, int ssrc, int index) {
        crypt(data, offset + RTCP_CLEAR, length - RTCP_CLEAR, ssrc, index);
        Bytes.put32(data, offset + length, ENCRYPTED | index);
        authenticate(data, offset, length + 4);
        System.arraycopy(tag, 0, data, offset + length + 4, TAG);
        return length + 4 + TAG;
    }

    @Override
    int openRtcp(byte[] data, int offset, int length, int ssrc, int index) {
        authenticate(data, offset, length - TAG);
        if (!tagFits(data, offset + length - TAG)) {
            return SrtpResult.AUTHENTICATION_FAILED.code();
        }
        int plainLength = length - TAG - 4;
        crypt(data, offset + RTCP_CLEAR, plainLength - RTCP_CLEAR, ssrc, index);
        return plainLength;
    }

    private boolean tagFits(byte[] data, int at) {
        // Constant time: every byte is read and no branch depends on one before all are folded.
        long difference = (Bytes.i64(data, at) ^ Bytes.i64(tag, 0)) | (Bytes.u16(data, at + 8) ^ Bytes.u16(tag, 8));
        return difference == 0;
    }

    /**
     * RFC 3711 4.1.1: IV = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16), counted up by one for each block of 16
     * bytes; no packet is as long as the 2^16 blocks that the low bits of the IV leave room for.
     */
    private void crypt(byte[] data, int at, int count, int ssrc, long index) {
        int padded = (count + BLOCK - 1) & -BLOCK;
        byte[] counters = scratch.counters(padded);
        byte[] keyStream = scratch.output(padded);
        long high = saltHigh ^ (ssrc & 0xffff_ffffL);
        long low = saltLow ^ (index << 16);
        for (int i = 0; i < padded; i += BLOCK) {
            Bytes.put64(counters, i, high);
            Bytes.put64(counters, i + 8, low++);
        }
        try {
            cipher.update(counters, 0, padded, keyStream, 0);
        } catch (ShortBufferException e) {
            throw JdkCrypto.unavailable(e);
        }
        int i = 0;
        for (; i <= count - 8; i += 8) {
            WORD.set(data, at + i, (long) WORD.get(data, at + i) ^ (long) WORD.get(keyStream, i));
        }
        for (; i < count; i++) {
            data[at + i] ^= keyStream[i];
        }
    }

    /** HMAC-SHA1 (RFC 2104) into {@link #tag}. */
    private void authenticate(byte[] data, int at, int count) {
        try {
            if (count < LONG) {
                MessageDigest inner = (MessageDigest) innerKeyed.clone();
                inner.update(data, at, count);
                inner.digest(tag, 0, SHA1_LENGTH);
                MessageDigest last = (MessageDigest) outerKeyed.clone();
                last.update(tag, 0, SHA1_LENGTH);
                last.digest(tag, 0, SHA1_LENGTH);
            } else {
                MessageDigest digest = scratch.sha1();
                digest.update(innerPad, 0, SHA1_BLOCK);
                digest.update(data, at, count);
                digest.digest(outer, SHA1_BLOCK, SHA1_LENGTH);
                digest.update(outer, 0, SHA1_BLOCK + SHA1_LENGTH);
                digest.digest(tag, 0, SHA1_LENGTH);
            }
        } catch (CloneNotSupportedException | GeneralSecurityException e) {
            throw JdkCrypto.unavailable(e);
        }
    }
}

package dev.yodel.srtp;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * SRTP as the RFCs write it down, one formula a line, over Bouncy Castle's bare engines and big integers: slow, without
 * state, sharing nothing with what it checks.
 */
final class ReferenceSrtp {
    private final SrtpProfile profile;
    private final byte[] masterKey;
    private final byte[] masterSalt;

    /** The client's half of keying material. */
    ReferenceSrtp(SrtpProfile profile, byte[] keyingMaterial) {
        this.profile = profile;
        masterKey = Arrays.copyOf(keyingMaterial, profile.keyLength());
        int saltAt = 2 * profile.keyLength();
        masterSalt = Arrays.copyOfRange(keyingMaterial, saltAt, saltAt + profile.saltLength());
    }

    byte[] rtp(byte[] plain, int headerLength, long index) {
        byte[] header = Arrays.copyOf(plain, headerLength);
        byte[] payload = Arrays.copyOfRange(plain, headerLength, plain.length);
        BigInteger ssrc = new BigInteger(1, Arrays.copyOfRange(plain, 8, 12));
        if (profile.isGcm()) {
            return concat(header, gcm(derive(0, profile.keyLength()), derive(2, 12), ssrc, index, header, payload));
        }
        byte[] body = counterMode(derive(0, 16), derive(2, 14), ssrc, index, payload);
        byte[] roc = bytes(BigInteger.valueOf(index >> 16), 4);
        return concat(header, body, hmac(derive(1, 20), concat(header, body, roc)));
    }

    byte[] rtcp(byte[] plain, long index) {
        byte[] header = Arrays.copyOf(plain, 8);
        byte[] payload = Arrays.copyOfRange(plain, 8, plain.length);
        BigInteger ssrc = new BigInteger(1, Arrays.copyOfRange(plain, 4, 8));
        byte[] word = bytes(BigInteger.valueOf(index).setBit(31), 4);
        if (profile.isGcm()) {
            byte[] associated = concat(header, word);
            return concat(
                    header, gcm(derive(3, profile.keyLength()), derive(5, 12), ssrc, index, associated, payload), word);
        }
        byte[] body = counterMode(derive(3, 16), derive(5, 14), ssrc, index, payload);
        return concat(header, body, word, hmac(derive(4, 20), concat(header, body, word)));
    }

    private byte[] derive(int label, int length) {
        BigInteger salt = new BigInteger(1, Arrays.copyOf(masterSalt, 14));
        BigInteger keyId = BigInteger.valueOf(label).shiftLeft(48);
        return keyStream(masterKey, keyId.xor(salt).shiftLeft(16), length);
    }

    private static byte[] counterMode(byte[] key, byte[] salt, BigInteger ssrc, long index, byte[] payload) {
        BigInteger iv = new BigInteger(1, salt)
                .shiftLeft(16)
                .xor(ssrc.shiftLeft(64))
                .xor(BigInteger.valueOf(index).shiftLeft(16));
        byte[] stream = keyStream(key, iv, payload.length);
        for (int i = 0; i < stream.length; i++) {
            stream[i] ^= payload[i];
        }
        return stream;
    }

    private static byte[] gcm(byte[] key, byte[] salt, BigInteger ssrc, long index, byte[] associated, byte[] payload) {
        BigInteger iv = ssrc.shiftLeft(48).or(BigInteger.valueOf(index)).xor(new BigInteger(1, salt));
        var cipher = GCMBlockCipher.newInstance(AESEngine.newInstance());
        cipher.init(true, new AEADParameters(new KeyParameter(key), 128, bytes(iv, 12), associated));
        byte[] out = new byte[payload.length + 16];
        try {
            int done = cipher.processBytes(payload, 0, payload.length, out, 0);
            cipher.doFinal(out, done);
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException(e);
        }
        return out;
    }

    private static byte[] keyStream(byte[] key, BigInteger iv, int length) {
        var aes = AESEngine.newInstance();
        aes.init(true, new KeyParameter(key));
        byte[] stream = new byte[(length + 15) / 16 * 16];
        for (int at = 0; at < length; at += 16) {
            aes.processBlock(bytes(iv.add(BigInteger.valueOf(at / 16)), 16), 0, stream, at);
        }
        return Arrays.copyOf(stream, length);
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        HMac mac = new HMac(new SHA1Digest());
        mac.init(new KeyParameter(key));
        mac.update(message, 0, message.length);
        byte[] tag = new byte[20];
        mac.doFinal(tag, 0);
        return Arrays.copyOf(tag, 10);
    }

    private static byte[] bytes(BigInteger value, int length) {
        byte[] raw = value.toByteArray();
        byte[] result = new byte[length];
        int copied = Math.min(raw.length, length);
        System.arraycopy(raw, raw.length - copied, result, length - copied, copied);
        return result;
    }

    private static byte[] concat(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] result = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, result, at, part.length);
            at += part.length;
        }
        return result;
    }
}

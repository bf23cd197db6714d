package dev.yodel.srtp;

import dev.yodel.io.Bytes;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Arrays that packets pass through while they are protected or opened. Nothing stays in them that matters, so all
 * sessions of one thread may share one, and then a sender to many works in memory that is in the processor's cache.
 * For one thread, that of its sessions.
 */
public final class SrtpScratch {
    /** More than a datagram on any usual path. */
    private static final int USUAL = 1_536;

    private byte[] counters = Bytes.EMPTY;
    private byte[] output = Bytes.EMPTY;
    private @Nullable MessageDigest sha1;

    /** Empty until it is used. */
    public SrtpScratch() {}

    /** For counters that become key stream. */
    byte[] counters(int length) {
        if (counters.length < length) {
            counters = new byte[Math.max(length, USUAL)];
        }
        return counters;
    }

    /** Without anything in it, as whoever used it last has taken its digest. */
    MessageDigest sha1() throws GeneralSecurityException {
        MessageDigest digest = sha1;
        if (digest == null) {
            digest = JdkCrypto.sha1();
            sha1 = digest;
        }
        return digest;
    }

    /** For what a cipher gives. */
    byte[] output(int length) {
        if (output.length < length) {
            output = new byte[Math.max(length, USUAL)];
        }
        return output;
    }
}

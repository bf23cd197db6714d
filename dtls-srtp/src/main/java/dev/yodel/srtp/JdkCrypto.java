package dev.yodel.srtp;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where SRTP takes AES and SHA-1 from: the JDK's own providers, whose intrinsics are the fastest at hand, whatever other
 * providers the program has installed; on a JDK without them, its first provider.
 */
final class JdkCrypto {
    private static final @Nullable Provider CIPHERS = Security.getProvider("SunJCE");
    private static final @Nullable Provider DIGESTS = Security.getProvider("SUN");

    static {
        Logger log = LoggerFactory.getLogger(JdkCrypto.class);
        log.debug("SRTP takes AES from {} and SHA-1 from {}", name(CIPHERS), name(DIGESTS));
    }

    private JdkCrypto() {}

    static Cipher aesCtr() throws GeneralSecurityException {
        return cipher("AES/CTR/NoPadding");
    }

    static Cipher aesEcb() throws GeneralSecurityException {
        return cipher("AES/ECB/NoPadding");
    }

    static Cipher aesGcm() throws GeneralSecurityException {
        return cipher("AES/GCM/NoPadding");
    }

    static MessageDigest sha1() throws GeneralSecurityException {
        return DIGESTS == null ? MessageDigest.getInstance("SHA-1") : MessageDigest.getInstance("SHA-1", DIGESTS);
    }

    static IllegalStateException unavailable(Exception e) {
        return new IllegalStateException("this JDK's AES or SHA-1 does not work: check its security providers", e);
    }

    private static Cipher cipher(String transformation) throws GeneralSecurityException {
        return CIPHERS == null ? Cipher.getInstance(transformation) : Cipher.getInstance(transformation, CIPHERS);
    }

    private static String name(@Nullable Provider provider) {
        return provider == null ? "the default provider" : provider.getName();
    }
}

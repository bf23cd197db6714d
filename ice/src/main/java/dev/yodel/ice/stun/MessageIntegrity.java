package dev.yodel.ice.stun;

import dev.yodel.io.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key for MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 (RFC 8489 sections 9.1.1, 9.2.2, 14.5, 14.6). It does not
 * decide which of the two a message needs. Not for sharing between threads; never prints its key. Passwords and user
 * names are taken as they are, in UTF-8: the OpaqueString profile is the identity on what ICE and TURN servers use.
 */
public final class MessageIntegrity {
    /** The two attributes. */
    public enum Algorithm {
        /** MESSAGE-INTEGRITY. */
        SHA1(StunAttribute.MESSAGE_INTEGRITY, 20, "HmacSHA1"),
        /** MESSAGE-INTEGRITY-SHA256; never truncated by us. */
        SHA256(StunAttribute.MESSAGE_INTEGRITY_SHA256, 32, "HmacSHA256");

        final int attribute;
        final int length;
        final String mac;

        Algorithm(int attribute, int length, String mac) {
            this.attribute = attribute;
            this.length = length;
            this.mac = mac;
        }
    }

    private final Mac sha1;
    private final Mac sha256;

    private MessageIntegrity(byte[] key) {
        sha1 = mac(Algorithm.SHA1, key);
        sha256 = mac(Algorithm.SHA256, key);
    }

    /**
     * Short-term credentials, as ICE uses them.
     *
     * @param password the receiver's password
     * @return a key
     */
    public static MessageIntegrity shortTerm(String password) {
        return new MessageIntegrity(password.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Long-term credentials with the password algorithm MD5, the only one of RFC 5389.
     *
     * @param username user name
     * @param realm the server's realm
     * @param password password
     * @return a key
     */
    public static MessageIntegrity longTermMd5(String username, String realm, String password) {
        return new MessageIntegrity(digest("MD5", username + ":" + realm + ":" + password));
    }

    /**
     * Long-term credentials with the password algorithm SHA-256 (RFC 8489 section 18.5.1.2).
     *
     * @param username user name
     * @param realm the server's realm
     * @param password password
     * @return a key
     */
    public static MessageIntegrity longTermSha256(String username, String realm, String password) {
        return new MessageIntegrity(digest("SHA-256", username + ":" + realm + ":" + password));
    }

    /**
     * The value of USERHASH (RFC 8489 section 14.4).
     *
     * @param username user name
     * @param realm the server's realm
     * @return 32 bytes
     */
    public static byte[] userhash(String username, String realm) {
        return digest("SHA-256", username + ":" + realm);
    }

    /**
     * Whether a message carries the attribute and it is right. Compares in constant time.
     *
     * @param message any message
     * @param algorithm which attribute
     * @return false if it is missing, of a wrong length (RFC 8489 section 14.6 allows 16 to 32 bytes in steps of 4 for
     *     SHA-256), or wrong
     */
    public boolean verifies(StunMessage message, Algorithm algorithm) {
        int at = message.find(algorithm.attribute);
        if (at < 0) {
            return false;
        }
        int length = message.valueLength(at);
        boolean rightLength =
                algorithm == Algorithm.SHA1 ? length == 20 : length >= 16 && length <= 32 && length % 4 == 0;
        if (!rightLength) {
            return false;
        }
        int value = message.valueOffset(at);
        byte[] data = message.data();
        byte[] expected = compute(algorithm, data, 0, value - 4, value + length - StunMessage.HEADER_LENGTH);
        // A truncated SHA-256 is compared over its own length.
        int difference = 0;
        for (int i = 0; i < length; i++) {
            difference |= expected[i] ^ data[value + i];
        }
        return difference == 0;
    }

    /** The value over {@code length} bytes, with the header's length field counted as {@code headerLength}. */
    byte[] compute(Algorithm algorithm, byte[] data, int offset, int length, int headerLength) {
        Mac mac = algorithm == Algorithm.SHA1 ? sha1 : sha256;
        byte[] start = new byte[4];
        Bytes.put16(start, 0, Bytes.u16(data, offset));
        Bytes.put16(start, 2, headerLength);
        mac.update(start);
        mac.update(data, offset + 4, length - 4);
        return mac.doFinal();
    }

    private static Mac mac(Algorithm algorithm, byte[] key) {
        try {
            Mac mac = Mac.getInstance(algorithm.mac);
            // An empty key is refused by SecretKeySpec, and HMAC pads with zeros anyway.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, algorithm.mac));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK lacks " + algorithm.mac + ", which every JDK must have", e);
        }
    }

    private static byte[] digest(String algorithm, String text) {
        try {
            return MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK lacks " + algorithm + ", which every JDK must have", e);
        }
    }

    @Override
    public String toString() {
        return "MessageIntegrity";
    }
}

package dev.yodel.ice.turn;

import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.io.Bytes;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * With what is a request signed, and is a response the server's? The client's side of the long-term credential mechanism
 * (RFC 8489 sections 9.2.3, 9.2.5): realm and nonce as the server last told them, MD5 or SHA-256 as it offers, USERHASH
 * where it wants no names. What was once offered cannot be taken back by somebody on the path.
 */
final class ClientAuthentication {
    /** What to do after a 401 or 438. */
    enum Verdict {
        /** The same request again, signed with what was learned. */
        RETRY,
        /** The server knows the realm and refuses user or password. */
        WRONG_CREDENTIALS,
        /** The challenge is none, offers nothing we know, or offers less than before. */
        UNUSABLE
    }

    private static final int MD5 = 1;
    private static final int SHA256 = 2;

    /** RFC 8489 section 9.2: such a nonce tells what the server is able to do. */
    private static final String NONCE_COOKIE = "obMatJos2";

    private static final int COOKIE_AND_FEATURES = NONCE_COOKIE.length() + 4;
    /** RFC 8489 section 18.1: bit 0 is the first of 24. */
    private static final int PASSWORD_ALGORITHMS = 0x800000;

    private static final int USERNAME_ANONYMITY = 0x400000;

    private final String username;
    private final String password;
    private @Nullable MessageIntegrity key;
    private String realm = "";
    private byte[] nonce = Bytes.EMPTY;
    /** What the server offers, copied back to it; null if it offers nothing but MD5. */
    private byte @Nullable [] algorithms;

    private int algorithm = MD5;
    private boolean hidesUsername;

    ClientAuthentication(String username, String password) {
        this.username = username;
        this.password = password;
    }

    /** Whether requests are signed: a server has told realm and nonce. */
    boolean signs() {
        return key != null;
    }

    /** Appends what a signed request needs, integrity included, if {@link #signs()}. */
    void sign(StunWriter writer) {
        MessageIntegrity credentials = key;
        if (credentials == null) {
            return;
        }
        if (hidesUsername) {
            writer.bytes(StunAttribute.USERHASH, MessageIntegrity.userhash(username, realm));
        } else {
            writer.text(StunAttribute.USERNAME, username);
        }
        writer.text(StunAttribute.REALM, realm).bytes(StunAttribute.NONCE, nonce);
        byte[] offered = algorithms;
        if (offered != null) {
            writer.bytes(StunAttribute.PASSWORD_ALGORITHMS, offered)
                    .u32(StunAttribute.PASSWORD_ALGORITHM, (long) algorithm << 16);
        }
        writer.integrity(credentials, integrity());
    }

    /** RFC 8489 section 9.2.5: where algorithms are offered, SHA-256 protects the message. */
    private MessageIntegrity.Algorithm integrity() {
        return algorithms == null ? MessageIntegrity.Algorithm.SHA1 : MessageIntegrity.Algorithm.SHA256;
    }

    /** Whether a response carries the right integrity, of the kind that the request had. */
    boolean verifies(StunMessage response) {
        MessageIntegrity credentials = key;
        return credentials != null && credentials.verifies(response, integrity());
    }

    /**
     * A 401 or 438 came (RFC 8489 section 9.2.5).
     *
     * @param code which
     * @param response with realm and nonce
     * @param wasSigned whether the request was
     */
    Verdict challenged(int code, StunMessage response, boolean wasSigned) {
        byte[] newNonce = response.bytes(StunAttribute.NONCE);
        String newRealm = response.text(StunAttribute.REALM);
        if (newNonce == null || (newRealm == null && key == null)) {
            return Verdict.UNUSABLE;
        }
        int features = features(newNonce);
        byte[] offered = response.bytes(StunAttribute.PASSWORD_ALGORITHMS);
        boolean bidDown = offered == null && ((features & PASSWORD_ALGORITHMS) != 0 || algorithms != null);
        int chosen = offered == null ? MD5 : firstKnown(offered);
        if (bidDown || chosen == 0) {
            return Verdict.UNUSABLE;
        }
        String nextRealm = newRealm == null ? realm : newRealm;
        // A 401 to a request that was signed for this very realm means a wrong user or password.
        if (code == 401 && wasSigned && nextRealm.equals(realm)) {
            return Verdict.WRONG_CREDENTIALS;
        }
        if (key == null || !nextRealm.equals(realm) || chosen != algorithm) {
            key = chosen == SHA256
                    ? MessageIntegrity.longTermSha256(username, nextRealm, password)
                    : MessageIntegrity.longTermMd5(username, nextRealm, password);
        }
        nonce = newNonce;
        realm = nextRealm;
        algorithms = offered;
        algorithm = chosen;
        hidesUsername = (features & USERNAME_ANONYMITY) != 0;
        return Verdict.RETRY;
    }

    /** The first algorithm on the list that we know, or 0 (RFC 8489 section 14.11). */
    private static int firstKnown(byte[] offered) {
        int at = 0;
        while (at + 4 <= offered.length) {
            int number = Bytes.u16(offered, at);
            int parameters = Bytes.u16(offered, at + 2);
            if ((number == MD5 || number == SHA256) && parameters == 0) {
                return number;
            }
            at += 4 + (parameters + 3 & ~3);
        }
        return 0;
    }

    /** The 24 bits behind the nonce cookie, 0 if there are none. */
    private static int features(byte[] nonce) {
        if (nonce.length < COOKIE_AND_FEATURES) {
            return 0;
        }
        for (int i = 0; i < NONCE_COOKIE.length(); i++) {
            if (nonce[i] != NONCE_COOKIE.charAt(i)) {
                return 0;
            }
        }
        byte[] text = new byte[4];
        System.arraycopy(nonce, NONCE_COOKIE.length(), text, 0, 4);
        try {
            byte[] bits = Base64.getDecoder().decode(text);
            return bits.length == 3 ? Bytes.u8(bits, 0) << 16 | Bytes.u16(bits, 1) : 0;
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }

    @Override
    public String toString() {
        return "ClientAuthentication[" + username + "@" + realm + (algorithms == null ? "" : ", SHA-256 integrity")
                + "]";
    }
}

package dev.yodel.sctp.state;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.sctp.packet.Capabilities;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What the answerer of an INIT needs later, sealed and carried by the peer, so that an INIT costs no memory. RFC 9260
 * 5.1.3.
 */
public record StateCookie(
        long createdAt,
        int localTag,
        int peerTag,
        int localTsn,
        int peerTsn,
        int peerWindow,
        int outboundStreams,
        int inboundStreams,
        Capabilities capabilities,
        int tieLocal,
        int tiePeer) {
    private static final int BODY_BYTES = 44;
    private static final int MAC_BYTES = 32;

    /** The cookie's bytes. */
    public byte[] seal(byte[] key) {
        ByteWriter out = new ByteWriter(BODY_BYTES + MAC_BYTES);
        out.put64(createdAt).put32(localTag).put32(peerTag).put32(localTsn).put32(peerTsn);
        out.put32(peerWindow)
                .put16(outboundStreams)
                .put16(inboundStreams)
                .put32(capabilities.bits())
                .put32(tieLocal)
                .put32(tiePeer);
        return out.put(mac(key, out.array())).array();
    }

    /** Opens a cookie; null if it is not one of ours. */
    public static @Nullable StateCookie open(byte[] key, byte[] cookie) {
        if (cookie.length != BODY_BYTES + MAC_BYTES) {
            return null;
        }
        byte[] expected = mac(key, cookie);
        byte[] actual = java.util.Arrays.copyOfRange(cookie, BODY_BYTES, cookie.length);
        if (!MessageDigest.isEqual(expected, actual)) {
            return null;
        }
        return new StateCookie(
                Bytes.i64(cookie, 0),
                Bytes.i32(cookie, 8),
                Bytes.i32(cookie, 12),
                Bytes.i32(cookie, 16),
                Bytes.i32(cookie, 20),
                Bytes.i32(cookie, 24),
                Bytes.u16(cookie, 28),
                Bytes.u16(cookie, 30),
                Capabilities.ofBits(Bytes.i32(cookie, 32)),
                Bytes.i32(cookie, 36),
                Bytes.i32(cookie, 40));
    }

    private static byte[] mac(byte[] key, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(body, 0, BODY_BYTES);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}

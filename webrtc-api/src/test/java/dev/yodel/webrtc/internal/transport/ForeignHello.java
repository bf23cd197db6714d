package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.ByteWriter;
import java.util.Random;

/**
 * The first message of somebody who is no peer of ours: a DTLS 1.2 ClientHello in one record (RFC 6347 section 4.2.2), with
 * the extensions that WebRTC asks for. With the NULL cipher suite it is, but for its random, the packet of Enable
 * Security's advisory ES2023-01.
 */
public final class ForeignHello {
    /** TLS_NULL_WITH_NULL_NULL, which nobody may negotiate. */
    public static final int NULL_SUITE = 0x0000;

    /** TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, which everybody has. */
    public static final int GOOD_SUITE = 0xc02b;

    private static final int HEADERS = 13 + 12;

    private ForeignHello() {}

    /**
     * One datagram.
     *
     * @param random where its random comes from
     * @param suite its only cipher suite
     * @return 137 bytes
     */
    public static byte[] of(Random random, int suite) {
        byte[] nonce = new byte[32];
        random.nextBytes(nonce);
        byte[] out = new byte[HEADERS + 112];
        ByteWriter body = new ByteWriter(out, HEADERS, out.length - HEADERS);
        body.put16(0xfefd).put(nonce).put8(0).put8(0);
        body.put16(2).put16(suite).put8(1).put8(0);
        body.put16(68);
        extension(body, 0x0017);
        extension(body, 0xff01, 0);
        extension(body, 0x000a, 0, 6, 0, 0x1d, 0, 0x17, 0, 0x18);
        extension(body, 0x000b, 1, 0);
        extension(body, 0x0023);
        extension(body, 0x000d, 0, 18, 4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6, 6, 1, 2, 1);
        extension(body, 0x000e, 0, 6, 0, 1, 0, 8, 0, 7, 0);
        int length = out.length - HEADERS;
        ByteWriter headers = new ByteWriter(out, 0, HEADERS);
        headers.put8(22).put16(0xfeff).put64(0).put16(12 + length);
        headers.put8(1).put24(length).put16(0).put24(0).put24(length);
        return out;
    }

    private static void extension(ByteWriter to, int type, int... data) {
        to.put16(type).put16(data.length);
        for (int value : data) {
            to.put8(value);
        }
    }
}

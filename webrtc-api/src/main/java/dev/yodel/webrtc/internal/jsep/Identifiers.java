package dev.yodel.webrtc.internal.jsep;

import dev.yodel.io.Bytes;
import dev.yodel.io.RandomSource;
import java.util.UUID;

/** Names made from randomness. */
public final class Identifiers {
    private static final int MAX_TOKEN = 128;

    private Identifiers() {}

    /**
     * A version 4 UUID (RFC 9562 5.4).
     *
     * @param random where it comes from
     * @return 36 characters
     */
    public static String uuid(RandomSource random) {
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & ~(3L << 62)) | (2L << 62);
        return new UUID(high, low).toString();
    }

    /** An SSRC that is neither 0 nor all ones. */
    static long ssrc(RandomSource random) {
        byte[] bytes = new byte[4];
        long value;
        do {
            random.nextBytes(bytes, 0, 4);
            value = Bytes.u32(bytes, 0);
        } while (value == 0 || value == 0xffff_ffffL);
        return value;
    }

    /** An SSRC that is another one, too. */
    static long ssrcBeside(long other, RandomSource random) {
        long value;
        do {
            value = ssrc(random);
        } while (value == other);
        return value;
    }

    /**
     * Whether an application's name can stand in SDP as it is (RFC 8866's token); others are replaced (threat J04).
     */
    static boolean isToken(String name) {
        if (name.isEmpty() || name.length() > MAX_TOKEN) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && "!#$%&'*+-.^_`{|}~".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}

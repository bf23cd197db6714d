package dev.yodel.webrtc.internal.jsep;

import dev.yodel.io.RandomSource;
import dev.yodel.sctp.SctpInit;
import dev.yodel.sctp.SctpOptions;
import java.util.Base64;

/**
 * The INIT chunks that both descriptions told, so that the association is established as soon as DTLS is
 * (draft-hancke-tsvwg-snap-00). Immutable.
 *
 * @param local ours in base64
 * @param remote the peer's in base64
 */
public record SctpInits(String local, String remote) {
    /**
     * A fresh INIT of ours.
     *
     * @param options those of the association to be
     * @param random cryptographically strong in production
     * @return base64
     */
    public static String generate(SctpOptions options, RandomSource random) {
        return Base64.getEncoder().encodeToString(SctpInit.generate(options, random));
    }

    /**
     * Whether an association can be made of what a description tells.
     *
     * @param base64 the value of {@code a=sctp-init}
     * @return whether it is an INIT
     */
    public static boolean isValid(String base64) {
        try {
            return SctpInit.isValid(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}

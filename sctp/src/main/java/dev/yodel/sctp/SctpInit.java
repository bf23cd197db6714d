package dev.yodel.sctp;

import dev.yodel.io.RandomSource;
import dev.yodel.sctp.packet.InitChunk;
import dev.yodel.sctp.packet.SctpPacket;
import dev.yodel.sctp.state.Handshake;

/**
 * An INIT chunk that travels by signaling, as the value of {@code a=sctp-init} before its base64, so that an association
 * needs no handshake of its own. It holds no state: both INITs go to {@link SctpAssociation#connect(byte[], byte[], long)}
 * once DTLS has connected. Any thread. draft-hancke-tsvwg-snap-00.
 */
public final class SctpInit {
    private SctpInit() {}

    /**
     * A fresh INIT of ours. The options must be those of the association that it is for.
     *
     * @param options options
     * @param random cryptographically strong in production
     * @return the chunk's bytes, some 40; owned by the caller
     */
    public static byte[] generate(SctpOptions options, RandomSource random) {
        return SctpPacket.bytes(Handshake.freshInit(options, random));
    }

    /**
     * Whether bytes from the peer's description are an INIT that an association can be made of. If not, the description
     * is in error.
     *
     * @param chunk the decoded value of {@code a=sctp-init}
     * @return whether they are
     */
    public static boolean isValid(byte[] chunk) {
        InitChunk init = InitChunk.parse(chunk);
        return init != null && Handshake.isUsable(init);
    }
}

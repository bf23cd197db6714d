package dev.yodel.webrtc.internal.jsep;

import org.jspecify.annotations.Nullable;

/**
 * What an m=application section says about data channels (RFC 8841).
 *
 * @param legacy whether it is written as before RFC 8841, with {@code a=sctpmap}
 * @param sctpPort the writer's SCTP port
 * @param maxMessageBytes the largest message that the writer takes, 0 for any size
 * @param sctpInit the writer's INIT in base64 (draft-hancke-tsvwg-snap-00); null if it is not told
 */
public record DataModel(boolean legacy, int sctpPort, long maxMessageBytes, @Nullable String sctpInit) {
    /** The protocol that is offered (RFC 8841 4.1). */
    public static final String PROTOCOL = "UDP/DTLS/SCTP";

    /** The format of the m-line (RFC 8841 4.3). */
    public static final String FORMAT = "webrtc-datachannel";

    /** The port that everybody uses. */
    public static final int USUAL_PORT = 5000;

    /** What a peer takes that does not say it (RFC 8841 6.1). */
    public static final long UNSAID_MAX_MESSAGE_BYTES = 65_536;
}

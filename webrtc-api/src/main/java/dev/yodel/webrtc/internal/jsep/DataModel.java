package dev.yodel.webrtc.internal.jsep;

/**
 * What an m=application section says about data channels (RFC 8841).
 *
 * @param legacy whether it is written as before RFC 8841, with {@code a=sctpmap}
 * @param sctpPort the writer's SCTP port
 * @param maxMessageBytes the largest message that the writer takes, 0 for any size
 */
public record DataModel(boolean legacy, int sctpPort, long maxMessageBytes) {
    /** The protocol that is offered (RFC 8841 4.1). */
    public static final String PROTOCOL = "UDP/DTLS/SCTP";

    /** The format of the m-line (RFC 8841 4.3). */
    public static final String FORMAT = "webrtc-datachannel";

    /** The port that everybody uses. */
    public static final int USUAL_PORT = 5000;

    /** What a peer takes that does not say it (RFC 8841 6.1). */
    public static final long UNSAID_MAX_MESSAGE_BYTES = 65_536;
}

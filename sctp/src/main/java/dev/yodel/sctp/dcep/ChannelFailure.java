package dev.yodel.sctp.dcep;

/**
 * Why a data channel broke. Immutable.
 *
 * @param text a sentence for people
 * @param wholeAssociation whether the association broke and all its channels with it
 * @param causeCode the cause that the peer's ABORT gave (RFC 9260 3.3.10); -1 without one
 */
public record ChannelFailure(String text, boolean wholeAssociation, int causeCode) {
    /**
     * A failure of one channel alone.
     *
     * @param text a sentence for people
     * @return the failure
     */
    public static ChannelFailure ofChannel(String text) {
        return new ChannelFailure(text, false, -1);
    }

    /**
     * A failure of the association without an ABORT of the peer.
     *
     * @param text a sentence for people
     * @return the failure
     */
    public static ChannelFailure ofAssociation(String text) {
        return new ChannelFailure(text, true, -1);
    }
}

package dev.yodel.sctp;

/** What became of a message that was given to {@link SctpAssociation#send}. */
public enum SctpSendResult {
    /** It is queued. */
    ACCEPTED,
    /** The send buffer is full: try again when bufferedAmount has fallen. */
    BUFFER_FULL,
    /** It is larger than the peer takes. */
    TOO_LARGE,
    /** The peer takes fewer streams. */
    NO_SUCH_STREAM,
    /** The association ends or has ended. */
    CLOSED
}

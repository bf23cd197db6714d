package dev.yodel.sctp.dcep;

/** The payload protocol identifiers of data channels. RFC 8831 8, RFC 8832 8.1. */
final class PayloadProtocol {
    /** DATA_CHANNEL_OPEN and DATA_CHANNEL_ACK. */
    static final int DCEP = 50;

    /** Text in UTF-8, one byte and more. */
    static final int TEXT = 51;

    /** A piece of a binary message that is not its last: deprecated, never sent by us. */
    static final int BINARY_PARTIAL = 52;

    /** Binary, one byte and more. */
    static final int BINARY = 53;

    /** A piece of a text message that is not its last: deprecated, never sent by us. */
    static final int TEXT_PARTIAL = 54;

    /** An empty text; its one byte means nothing, as SCTP has no empty messages. */
    static final int TEXT_EMPTY = 56;

    /** An empty binary message; its one byte means nothing. */
    static final int BINARY_EMPTY = 57;

    private PayloadProtocol() {}
}

package dev.yodel.sctp.rx;

import dev.yodel.sctp.SctpEvent;

/** What a peer may not do with its data: each ends the association. RFC 9260 3.3.10; RFC 8841 6. */
public enum Violation {
    /** The peer sent twice what the receive buffer holds. */
    TOO_MUCH(
            4,
            "more data than the window allows",
            SctpEvent.Reason.OUT_OF_RESOURCE,
            "the peer sent twice what the receive buffer holds"),
    /** A message is larger than what was announced. */
    TOO_LARGE(
            13,
            "message too large",
            SctpEvent.Reason.MESSAGE_TOO_LARGE,
            "the peer sent a message larger than max-message-size of our description"),
    /** DATA where both sides have agreed on I-DATA, or the reverse; RFC 8260 2.2.1, 2.3.1. */
    WRONG_KIND(
            13,
            "wrong kind of DATA or FORWARD TSN",
            SctpEvent.Reason.PROTOCOL_VIOLATION,
            "the peer mixed chunks with and without message interleaving"),
    /** The pieces of messages contradict each other. */
    CONTRADICTION(
            13,
            "pieces contradict",
            SctpEvent.Reason.PROTOCOL_VIOLATION,
            "the pieces of the peer's messages contradict each other");

    private final int cause;
    private final String wireText;
    private final SctpEvent.Reason reason;
    private final String text;

    Violation(int cause, String wireText, SctpEvent.Reason reason, String text) {
        this.cause = cause;
        this.wireText = wireText;
        this.reason = reason;
        this.text = text;
    }

    /** The error cause of the ABORT. */
    public int cause() {
        return cause;
    }

    /** What the ABORT says. */
    public String wireText() {
        return wireText;
    }

    /** What the owner is told. */
    public SctpEvent.Failed event() {
        return new SctpEvent.Failed(reason, text);
    }
}

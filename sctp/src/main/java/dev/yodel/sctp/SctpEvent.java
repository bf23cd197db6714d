package dev.yodel.sctp;

/** What an association tells its owner. */
public sealed interface SctpEvent {
    /**
     * Data can flow.
     *
     * @param maxStreams how many streams the peer takes of us; ids from 0 on
     */
    record Connected(int maxStreams) implements SctpEvent {}

    /**
     * A message came.
     *
     * @param streamId 0 to 65534
     * @param ppid payload protocol identifier
     * @param unordered whether it was sent unordered
     * @param data its bytes, owned by the receiver of the event
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Message(int streamId, int ppid, boolean unordered, byte[] data) implements SctpEvent {}

    /**
     * A piece of a message that is delivered in pieces; the pieces of one message come in order. Between them there is
     * none of another message of the same stream and the same {@code unordered}, unless that one is unordered and whole:
     * then its only piece is both first and last.
     *
     * @param streamId 0 to 65534
     * @param ppid payload protocol identifier
     * @param unordered whether the message was sent unordered
     * @param data the piece's bytes, one at least, owned by the receiver of the event
     * @param first whether the message begins with it
     * @param last whether the message is whole with it
     */
    @SuppressWarnings("ArrayRecordComponent")
    record MessagePiece(int streamId, int ppid, boolean unordered, byte[] data, boolean first, boolean last)
            implements SctpEvent {}

    /**
     * The rest of a message will not come of which a {@link MessagePiece} came: the peer gave it up (RFC 3758) or reset
     * its stream.
     *
     * @param streamId 0 to 65534
     * @param ppid payload protocol identifier
     * @param unordered whether the message was sent unordered
     */
    record MessageAbandoned(int streamId, int ppid, boolean unordered) implements SctpEvent {}

    /**
     * The peer reset its outgoing streams, after all messages of theirs. RFC 6525 5.2.2.
     *
     * @param streamIds the streams; empty for all
     */
    @SuppressWarnings("ArrayRecordComponent")
    record RemoteStreamsReset(int[] streamIds) implements SctpEvent {}

    /**
     * Our request to reset outgoing streams was answered. RFC 6525 5.2.7.
     *
     * @param streamIds the streams
     * @param performed false if the peer refused
     */
    @SuppressWarnings("ArrayRecordComponent")
    record LocalStreamsReset(int[] streamIds, boolean performed) implements SctpEvent {}

    /** The peer began anew with a fresh association; everything under way is lost. RFC 9260 5.2.4. */
    record Restarted() implements SctpEvent {}

    /** Both sides have ended the association in peace. */
    record Closed() implements SctpEvent {}

    /**
     * The association broke.
     *
     * @param reason why
     * @param text a sentence for people
     * @param causeCode the cause that the peer's ABORT gave (RFC 9260 3.3.10); -1 without one
     */
    record Failed(Reason reason, String text, int causeCode) implements SctpEvent {
        /**
         * A break without an ABORT of the peer.
         *
         * @param reason why
         * @param text a sentence for people
         */
        public Failed(Reason reason, String text) {
            this(reason, text, -1);
        }
    }

    /** Why an association broke. */
    enum Reason {
        /** No answer to INIT or COOKIE ECHO. */
        NO_ANSWER,
        /** The peer aborted. */
        PEER_ABORTED,
        /** The peer sent what cannot be. */
        PROTOCOL_VIOLATION,
        /** The peer sent a message larger than announced. */
        MESSAGE_TOO_LARGE,
        /** The peer sent more than the announced window. */
        OUT_OF_RESOURCE
    }
}

package dev.yodel.rtp;

import org.jspecify.annotations.Nullable;

/** What an {@link RtpSession} reports to its owner. */
public sealed interface RtpEvent {
    /** A packet came, see {@link ReceivedPacket}. */
    sealed interface Media extends RtpEvent permits ReceivedPacket {}

    /**
     * The first packet of a source came; its packet event follows.
     *
     * @param receiverId {@link RtpReceiver#id()}
     * @param ssrc the source
     * @param rid simulcast stream, or null
     */
    record StreamStarted(int receiverId, long ssrc, @Nullable String rid) implements RtpEvent {}

    /**
     * A source is gone.
     *
     * @param receiverId {@link RtpReceiver#id()}
     * @param ssrc the source
     * @param reason why
     */
    record StreamEnded(int receiverId, long ssrc, EndReason reason) implements RtpEvent {}

    /**
     * A sender report of a received stream: which RTP timestamp belongs to which wall clock of the sender.
     *
     * @param receiverId {@link RtpReceiver#id()}
     * @param ssrc the source
     * @param ntpTime 32.32 seconds since 1900 by the sender's clock, never to be trusted
     * @param rtpTimestamp 0 to 2^32-1, the same moment on the stream's clock
     * @param arrivalNanos when the report came
     */
    record SenderReportReceived(int receiverId, long ssrc, long ntpTime, long rtpTimestamp, long arrivalNanos)
            implements RtpEvent {}

    /**
     * A round-trip time was measured from a report block (RFC 3550 6.4.1).
     *
     * @param ssrc our stream
     * @param rttNanos 0 to 60 s
     */
    record RoundTripMeasured(long ssrc, long rttNanos) implements RtpEvent {}

    /**
     * The peer needs a key frame (RFC 4585 6.3.1, RFC 5104 4.3.1); at most one event per 300 ms and stream.
     *
     * @param sendStreamId {@link SendStream#id()}
     * @param ssrc our stream
     */
    record KeyFrameRequested(int sendStreamId, long ssrc) implements RtpEvent {}

    /**
     * The peer's estimate of what it can receive (REMB).
     *
     * @param bitrateBps bits per second, 0 to 2^62
     */
    record ReceiverEstimate(long bitrateBps) implements RtpEvent {}

    /**
     * How much the session may send changed by 2 % or more.
     *
     * @param bps bits per second for all outgoing streams together, with headers and repetitions
     */
    record TargetBitrate(long bps) implements RtpEvent {}

    /**
     * The peer uses one of our sources, so that stream got a fresh one (RFC 3550 8.2). It happens once per stream; if the
     * peer uses the fresh one too it is a loop, and its packets are only dropped and counted.
     *
     * @param sendStreamId {@link SendStream#id()}
     * @param oldSsrc the source given up
     * @param newSsrc the source used from now on
     */
    record SsrcChanged(int sendStreamId, long oldSsrc, long newSsrc) implements RtpEvent {}

    /** Why a received stream ended. */
    enum EndReason {
        /** The peer said BYE. */
        BYE,
        /** Neither RTP nor RTCP of it came for long. */
        TIMEOUT,
        /** The packet of a new source took its place in the table of 1,024. */
        EVICTED,
        /** Our side removed the receiver. */
        REMOVED
    }
}

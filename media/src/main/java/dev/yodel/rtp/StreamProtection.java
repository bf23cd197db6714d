package dev.yodel.rtp;

import dev.yodel.rtp.rtcp.GenericNack;
import org.jspecify.annotations.Nullable;

/**
 * What of one outgoing stream is sent again on request (RFC 4588), and what protects it beforehand (RFC 5109,
 * FlexFEC)? Either, both or nothing, as negotiated. It numbers no media. Same thread as its stream.
 */
final class StreamProtection {
    /** RFC 3551 5: all video has this clock, and audio never. */
    static final int VIDEO_CLOCK = 90_000;

    private final RtpSession session;
    private final TransmitQueue transmits;
    private final PacketHeaderWriter headers;
    private @Nullable Retransmitter retransmitter;
    private @Nullable Retransmitter suspended;
    private @Nullable Protector protector;
    private @Nullable Protector suspendedProtector;

    StreamProtection(RtpSession session, TransmitQueue transmits, PacketHeaderWriter headers) {
        this.session = session;
        this.transmits = transmits;
        this.headers = headers;
    }

    void update(SendStreamParameters changed) {
        Retransmitter wanted = Retransmitter.of(changed, headers, transmits, suspended, session);
        // A repair stream that is switched off and on again must not use its numbers twice.
        suspended = wanted == null ? suspended : wanted;
        retransmitter = wanted;
        Protector parity = Protector.of(changed, headers, transmits, suspendedProtector, session);
        suspendedProtector = parity == null ? suspendedProtector : parity;
        protector = parity;
    }

    /** What a packet of a codec is sent as: wrapped where its parity goes into the same stream. */
    RtpCodec wrapper(RtpCodec codec) {
        Protector parity = protector;
        return parity == null || codec.clockRate() != VIDEO_CLOCK ? codec : parity.wrapper(codec);
    }

    /** Whether there is parity, and it has a stream of its own. */
    boolean isSeparate() {
        return protector != null && protector.isSeparate();
    }

    /** Remembers a packet that may be asked for again. */
    void remember(TransmitQueue.Buffer buffer, int length, long now) {
        if (retransmitter != null) {
            retransmitter.onSent(buffer.data, RtpTransmit.HEADROOM, length, now);
        }
    }

    /**
     * Protects a packet that was queued.
     *
     * @param following the number behind it; -1 for a packet out of order, which is not protected
     * @return how many numbers of the stream its protection took
     */
    int protect(
            TransmitQueue.Buffer buffer,
            int header,
            int length,
            RtpCodec codec,
            int ssrc,
            boolean identified,
            int following) {
        Protector parity = protector;
        return parity == null || codec.clockRate() != VIDEO_CLOCK || following < 0
                ? 0
                : parity.onSent(buffer, header, length, codec, ssrc, identified, following & 0xffff);
    }

    /** The peer's report: how much of the stream is lost, 0 to 1. */
    void onLoss(double fraction) {
        if (protector != null) {
            protector.onLoss(fraction);
        }
    }

    /** RFC 4588: sends what the peer misses, as far as memory, cooldown and budget allow. */
    void onNack(GenericNack nack, long roundTripNanos, boolean identified, long now) {
        if (retransmitter == null) {
            session.counters().count(RtpCounter.RETRANSMISSION_REFUSED);
        } else {
            retransmitter.onNack(nack, roundTripNanos, identified, now);
        }
    }

    /** Whether there is a repair stream that may carry padding. */
    boolean canPad() {
        return retransmitter != null;
    }

    /** Queues a packet of no use but for its size: one that was sent already, as a repetition; false if there is none. */
    boolean pad(boolean identified, long now) {
        return retransmitter != null && retransmitter.pad(identified, now);
    }

    /** The number that the next packet of the repair stream would get, or -1 if there never was one. */
    int nextRepairSequence() {
        return suspended == null ? -1 : suspended.nextSequence();
    }

    /** The number that the next packet of the FlexFEC stream would get, or -1 if there never was one. */
    int nextParitySequence() {
        return suspendedProtector == null ? -1 : suspendedProtector.nextSequence();
    }

    /**
     * Which part of what is sent goes to parity at the losses that the peer reports: 0 to 1, of media and parity
     * together.
     */
    double share() {
        double share = protector == null ? 0 : protector.share();
        return share / (1 + share);
    }

    long repeatedPackets() {
        return retransmitter == null ? 0 : retransmitter.packets();
    }

    long repeatedBytes() {
        return retransmitter == null ? 0 : retransmitter.payloadBytes();
    }

    long repeatedHeaderBytes() {
        return retransmitter == null ? 0 : retransmitter.headerBytes();
    }

    long parityPackets() {
        return protector == null ? 0 : protector.packets();
    }

    long parityBytes() {
        return protector == null ? 0 : protector.payloadBytes();
    }
}

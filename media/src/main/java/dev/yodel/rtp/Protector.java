package dev.yodel.rtp;

import dev.yodel.io.Bytes;
import dev.yodel.rtp.feedback.FecEncoder;
import org.jspecify.annotations.Nullable;

/**
 * Sends parity for the video of one stream, as much as the peer's reports of losses ask for: FlexFEC-03 as a stream of its
 * own, else ULPFEC in RED behind the media (RFC 5109 14.1). Without losses it sends none. It decides nothing about
 * what else is sent, and never protects repetitions.
 */
final class Protector {
    /** RFC 2198 3: the header of the only block. */
    static final int RED_HEADER = 1;

    /** What a parity packet is longer than the longest one it protects, at most. */
    private static final int PARITY_HEADER = 32;

    /** Losses below this are left to repetitions. */
    private static final double LEAST_LOSS = 0.004;

    /** Parity is at most half as many packets as media. */
    private static final double MOST_SHARE = 0.5;

    /** How many pictures may wait for their parity while they are small. */
    private static final int MAX_FRAMES = 3;

    private final FecEncoder encoder = new FecEncoder();
    private final PacketHeaderWriter headers;
    private final TransmitQueue transmits;
    private SendStreamParameters parameters;
    private @Nullable RtpCodec flexfec;
    private @Nullable RtpCodec red;
    private @Nullable RtpCodec ulpfec;
    private int nextSequence;
    private int frames;
    private double loss;
    private double owed;
    private long packets;
    private long bytes;

    private Protector(
            SendStreamParameters parameters, PacketHeaderWriter headers, TransmitQueue transmits, RtpSession session) {
        this.parameters = parameters;
        this.headers = headers;
        this.transmits = transmits;
        this.nextSequence = session.firstSequence((int) parameters.fecSsrc());
    }

    /** The protector that the parameters ask for: the previous one, a fresh one, or none. */
    static @Nullable Protector of(
            SendStreamParameters parameters,
            PacketHeaderWriter headers,
            TransmitQueue transmits,
            @Nullable Protector previous,
            RtpSession session) {
        RtpCodec flexfec = null;
        RtpCodec red = null;
        RtpCodec ulpfec = null;
        for (RtpCodec codec : parameters.codecs()) {
            flexfec = codec.isFlexfec() && parameters.fecSsrc() != SendStreamParameters.NO_SSRC ? codec : flexfec;
            red = codec.isVideoRed() ? codec : red;
            ulpfec = codec.isUlpfec() ? codec : ulpfec;
        }
        if (flexfec == null && (red == null || ulpfec == null)) {
            return null;
        }
        Protector result = previous == null ? new Protector(parameters, headers, transmits, session) : previous;
        result.parameters = parameters;
        result.flexfec = flexfec;
        result.red = flexfec == null ? red : null;
        result.ulpfec = flexfec == null ? ulpfec : null;
        result.encoder.finish(0);
        return result;
    }

    /**
     * The codec that a packet is sent as: RED where its parity goes into the same stream. Formats that number their
     * pictures can tell a lost parity packet from a lost picture; the others go without, as in libwebrtc.
     */
    RtpCodec wrapper(RtpCodec codec) {
        RtpCodec wrapped = red;
        boolean numbered = codec.name().equalsIgnoreCase("VP8") || codec.name().equalsIgnoreCase("VP9");
        return wrapped == null || !numbered ? codec : wrapped;
    }

    /** Whether parity is a stream of its own. */
    boolean isSeparate() {
        return flexfec != null;
    }

    /** Which share of its packets the peer lost lately: it rises at once and falls slowly. */
    void onLoss(double fraction) {
        loss = Math.max(fraction, loss * 0.8 + fraction * 0.2);
    }

    /** Parity packets per packet of media. */
    double share() {
        return loss < LEAST_LOSS ? 0 : Math.min(MOST_SHARE, 0.05 + 4 * loss);
    }

    /**
     * A packet of media was queued; what is due of its parity is queued behind it.
     *
     * @param headerLength bytes of the RTP header
     * @param codec of the media
     * @param identified whether the parity's packets say their section
     * @param sequence the number that the next packet of the stream would get
     * @return how many packets of the stream's own count were used
     */
    int onSent(
            TransmitQueue.Buffer buffer,
            int headerLength,
            int length,
            RtpCodec codec,
            int ssrc,
            boolean identified,
            int sequence) {
        int at = RtpTransmit.HEADROOM;
        boolean wrapped = wrapper(codec).equals(red);
        boolean fits = headerLength + length + PARITY_HEADER <= TransmitQueue.MAX_PACKET;
        if (share() == 0 || !fits || (flexfec == null && !wrapped)) {
            encoder.finish(0);
            frames = 0;
            return 0;
        }
        boolean marker = (buffer.data[at + 1] & 0x80) != 0;
        int skip = wrapped ? RED_HEADER : 0;
        int markerAndType = codec.payloadType() | (marker ? 0x80 : 0);
        int used = 0;
        if (!encoder.add(buffer.data, at, headerLength, skip, length, markerAndType)) {
            // The numbers jumped, or the batch is full.
            used = flush(buffer, ssrc, identified, sequence);
            if (used == 0 || flexfec != null) {
                encoder.add(buffer.data, at, headerLength, skip, length, markerAndType);
            }
        }
        if (encoder.count() == 0) {
            return used;
        }
        zero(buffer.sendTimeAt - at, 3);
        zero(buffer.transportNumberAt - at, 2);
        frames += marker ? 1 : 0;
        double due = owed + encoder.count() * share();
        if (used == 0 && marker && (due >= 1 || frames >= MAX_FRAMES)) {
            used = flush(buffer, ssrc, identified, sequence);
        }
        return used;
    }

    private void zero(int at, int count) {
        if (at > 0) {
            encoder.zero(at, count);
        }
    }

    private int flush(TransmitQueue.Buffer last, int ssrc, boolean identified, int sequence) {
        double due = owed + encoder.count() * share();
        int count = (int) Math.max(1, Math.round(due));
        owed = Math.max(-1, Math.min(1, due - count));
        int timestamp = Bytes.i32(last.data, RtpTransmit.HEADROOM + 4);
        encoder.finish(count);
        frames = 0;
        int written = 0;
        while (write(timestamp, ssrc, identified, sequence + written & 0xffff)) {
            written++;
        }
        return flexfec == null ? written : 0;
    }

    private boolean write(int timestamp, int ssrc, boolean identified, int sequence) {
        boolean flexible = flexfec != null;
        RtpCodec as = flexible ? flexfec : red;
        RtpCodec inner = ulpfec;
        if (as == null) {
            return false;
        }
        TransmitQueue.Buffer buffer = transmits.take();
        int header = headers.write(
                buffer,
                flexible ? (int) parameters.fecSsrc() : ssrc,
                flexible ? nextSequence : sequence,
                timestamp,
                as.payloadType(),
                false,
                -1,
                parameters.extensions(),
                0,
                identified,
                null);
        int at = RtpTransmit.HEADROOM + header;
        int skip = 0;
        if (!flexible && inner != null) {
            buffer.data[at] = (byte) inner.payloadType();
            skip = RED_HEADER;
        }
        int length = encoder.write(flexible, ssrc, buffer.data, at + skip);
        if (length == 0 || header + skip + length > TransmitQueue.MAX_PACKET) {
            transmits.release(buffer);
            return length > 0 && write(timestamp, ssrc, identified, sequence);
        }
        if (flexible) {
            nextSequence = nextSequence + 1 & 0xffff;
        }
        packets++;
        bytes += skip + length;
        transmits.add(buffer, header + skip + length, TransmitQueue.Priority.VIDEO);
        return true;
    }

    /** The number that the next packet of the FlexFEC stream would get. */
    int nextSequence() {
        return nextSequence;
    }

    long packets() {
        return packets;
    }

    long payloadBytes() {
        return bytes;
    }
}

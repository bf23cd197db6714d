package dev.yodel.rtp;

import dev.yodel.io.Bytes;
import dev.yodel.rtp.feedback.FecDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which stream a parity packet protects, and what that stream's packets look like to its parity (RFC 5109, FlexFEC-03). It
 * delivers nothing. Bounded: {@link #MAX_PROTECTED} streams hold copies of packets, from their first parity on.
 */
final class ParityInput {
    /** R12: most streams of a session that hold packets for parity, at most 450 kB each. */
    static final int MAX_PROTECTED = 16;

    private final RtpCounters counters;
    private final PacketRouter router;

    ParityInput(RtpCounters counters, PacketRouter router) {
        this.counters = counters;
        this.router = router;
    }

    /** Takes a packet of a FlexFEC stream; the stream that it protects, or null if it is of no use. */
    @Nullable
    ReceiveStream onFlexfec(ReceiveStream from, RtpPacket packet) {
        if (packet.payloadLength() == 0) {
            // Only padding.
            return null;
        }
        long ssrc = FecDecoder.protectedSsrc(packet.data(), packet.payloadOffset(), packet.payloadLength());
        ReceiveStream stream = ssrc < 0 ? null : router.stream(ssrc);
        FecDecoder decoder = stream == null || stream.repair || stream.receiver != from.receiver || !stream.active
                ? null
                : decoder(stream);
        if (stream == null || decoder == null) {
            counters.count(RtpCounter.PARITY_REFUSED);
            return null;
        }
        stream.parityPackets++;
        stream.parityBytes += packet.payloadLength();
        if (!decoder.addFlexfec(
                packet.data(), packet.payloadOffset(), packet.payloadLength(), stream.sequence.highest())) {
            refuse(stream);
        }
        return stream;
    }

    /** Takes a packet of ULPFEC in RED, of the stream that it protects. */
    void onUlpfec(ReceiveStream stream, RtpPacket packet, int red) {
        int length = packet.payloadLength() - red;
        stream.parityPackets++;
        stream.parityBytes += length;
        FecDecoder decoder = decoder(stream);
        if (decoder == null
                || !decoder.addUlpfec(packet.data(), packet.payloadOffset() + red, length, stream.sequence.last())) {
            refuse(stream);
        }
    }

    private void refuse(ReceiveStream stream) {
        stream.parityRefused++;
        counters.count(RtpCounter.PARITY_REFUSED);
    }

    private @Nullable FecDecoder decoder(ReceiveStream stream) {
        if (stream.parity == null) {
            int protectedStreams = 0;
            List<ReceiveStream> streams = router.streams;
            for (int i = 0; i < streams.size(); i++) {
                protectedStreams += streams.get(i).parity == null ? 0 : 1;
            }
            if (protectedStreams < MAX_PROTECTED) {
                stream.parity = new FecDecoder(stream.unsignedSsrc());
            }
        }
        return stream.parity;
    }

    /**
     * Takes a packet of media, as it was when its parity was made: without RED, and without what is written when it leaves.
     *
     * @param red bytes of the header of RED, or 0
     * @param payloadType of the media
     */
    void onMedia(ReceiveStream stream, RtpPacket packet, int red, int payloadType, boolean restarted) {
        FecDecoder decoder = stream.parity;
        if (decoder == null) {
            return;
        }
        if (restarted) {
            decoder.reset();
        }
        long number = stream.sequence.last();
        byte[] data = packet.data();
        int marker = Bytes.u8(data, packet.offset() + 1) & 0x80;
        decoder.add(number, data, packet.offset(), packet.headerLength(), red, packet.length(), marker | payloadType);
        if (router.transportNumberAt >= 0) {
            decoder.zero(number, router.transportNumberAt - packet.offset(), router.transportNumberLength);
        }
        if (router.sendTimeAt >= 0) {
            decoder.zero(number, router.sendTimeAt - packet.offset(), router.sendTimeLength);
        }
        decoder.settle(number);
    }
}

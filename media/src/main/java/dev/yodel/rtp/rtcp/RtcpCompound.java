package dev.yodel.rtp.rtcp;

import dev.yodel.io.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packets of one RTCP datagram (RFC 3550 6.1, A.2; RFC 5506 allows it to be a single feedback packet). It does not
 * judge their order. Immutable.
 *
 * @param packets what could be read, in order
 * @param malformed count of packets, or of rests, that could not
 */
public record RtcpCompound(List<RtcpPacket> packets, int malformed) {
    /** Most packets that are read from one datagram; the rest counts as one malformed rest. */
    public static final int MAX_PACKETS = 256;

    /**
     * Reads a plaintext datagram. It never throws for what the bytes say, and every step moves at least four bytes
     * forward.
     *
     * @param data borrowed for the call
     * @param offset first byte
     * @param length count of bytes
     * @return the packets, maybe none
     */
    public static RtcpCompound parse(byte[] data, int offset, int length) {
        List<RtcpPacket> packets = new ArrayList<>(4);
        int malformed = 0;
        int at = offset;
        int end = offset + length;
        while (at < end) {
            if (end - at < 4 || packets.size() == MAX_PACKETS) {
                malformed++;
                break;
            }
            int first = Bytes.u8(data, at);
            int size = 4 * (Bytes.u16(data, at + 2) + 1);
            if (first >> 6 != 2 || size > end - at) {
                malformed++;
                break;
            }
            int body = size;
            if ((first & 0x20) != 0) {
                // RFC 3550 6.4.1 wants a multiple of four; libwebrtc pads its transport-wide feedback by one, two or
                // three.
                int padding = Bytes.u8(data, at + size - 1);
                body = padding == 0 || padding > size - 4 ? 0 : size - padding;
            }
            RtcpPacket packet = body == 0 ? null : parseOne(data, at, body);
            if (packet == null) {
                malformed++;
            } else {
                packets.add(packet);
            }
            at += size;
        }
        return new RtcpCompound(packets, malformed);
    }

    private static @Nullable RtcpPacket parseOne(byte[] data, int at, int size) {
        int count = data[at] & 0x1f;
        int type = Bytes.u8(data, at + 1);
        return switch (type) {
            case RtcpPacket.SR -> SenderReport.parse(data, at, size);
            case RtcpPacket.RR -> ReceiverReport.parse(data, at, size);
            case RtcpPacket.SDES -> SourceDescription.parse(data, at, size);
            case RtcpPacket.BYE -> Goodbye.parse(data, at, size);
            case RtcpPacket.APP -> ApplicationDefined.parse(data, at, size);
            case RtcpPacket.XR -> ExtendedReport.parse(data, at, size);
            case RtcpPacket.RTPFB ->
                switch (count) {
                    case GenericNack.FORMAT -> GenericNack.parse(data, at, size);
                    case CongestionFeedback.FORMAT -> CongestionFeedback.parse(data, at, size);
                    case TransportFeedback.FORMAT -> TransportFeedback.parse(data, at, size);
                    default -> new UnknownRtcp(type, count);
                };
            case RtcpPacket.PSFB ->
                switch (count) {
                    case PictureLossIndication.FORMAT -> PictureLossIndication.parse(data, at, size);
                    case FullIntraRequest.FORMAT -> FullIntraRequest.parse(data, at, size);
                    case ReceiverEstimatedBitrate.FORMAT -> ReceiverEstimatedBitrate.parse(data, at, size);
                    default -> new UnknownRtcp(type, count);
                };
            default -> new UnknownRtcp(type, count);
        };
    }
}

package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;

/**
 * One packet of an RTCP compound (RFC 3550 6, RFC 4585 6). Immutable; numbers that are unsigned on the wire are
 * non-negative {@code long}s.
 */
public sealed interface RtcpPacket
        permits SenderReport,
                ReceiverReport,
                SourceDescription,
                Goodbye,
                ApplicationDefined,
                GenericNack,
                TransportFeedback,
                CongestionFeedback,
                PictureLossIndication,
                FullIntraRequest,
                ReceiverEstimatedBitrate,
                ExtendedReport,
                UnknownRtcp {
    /** Packet type of a sender report. */
    int SR = 200;
    /** Packet type of a receiver report. */
    int RR = 201;
    /** Packet type of a source description. */
    int SDES = 202;
    /** Packet type of a goodbye. */
    int BYE = 203;
    /** Packet type of an application-defined packet. */
    int APP = 204;
    /** Packet type of transport layer feedback. */
    int RTPFB = 205;
    /** Packet type of payload-specific feedback. */
    int PSFB = 206;
    /** Packet type of an extended report. */
    int XR = 207;

    /**
     * Size on the wire.
     *
     * @return bytes, a multiple of 4
     */
    int size();

    /**
     * Appends this packet.
     *
     * @param out has room for {@link #size()} bytes
     * @throws IndexOutOfBoundsException if it has not
     */
    void write(ByteWriter out);

    /**
     * Appends the four bytes every packet begins with.
     *
     * @param out target
     * @param count the five bits behind version and padding
     * @param packetType 192 to 223
     * @param size of the whole packet, a multiple of 4
     */
    static void writeHeader(ByteWriter out, int count, int packetType, int size) {
        out.put8(0x80 | count).put8(packetType).put16(size / 4 - 1);
    }
}

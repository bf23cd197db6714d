package dev.yodel.rtp;

import dev.yodel.io.Bytes;
import dev.yodel.rtp.feedback.SentPackets;
import dev.yodel.rtp.rtcp.GenericNack;
import org.jspecify.annotations.Nullable;

/**
 * Sends packets again as a stream of their own (RFC 4588 4). Without that stream nothing is sent again: the same packet
 * under the same number would be a second use of an SRTP index.
 */
final class Retransmitter {
    /** The original sequence number in front of the payload. */
    private static final int ORIGINAL_NUMBER = 2;

    private final SentPackets sent = new SentPackets();
    private final PacketHeaderWriter headers;
    private final TransmitQueue transmits;
    private final RtpSession session;
    private static final FrameExtension[] FRAME_EXTENSIONS = FrameExtension.values();

    private final RtpPacket original = new RtpPacket();
    private final HeaderExtensionReader reader = new HeaderExtensionReader();
    private final FrameExtensionValues values = new FrameExtensionValues();
    private SendStreamParameters parameters;
    private int[] repairTypes = new int[0];
    private int nextSequence;
    private long packets;
    private long payloadBytes;
    private long headerBytes;

    private Retransmitter(
            SendStreamParameters parameters, PacketHeaderWriter headers, TransmitQueue transmits, RtpSession session) {
        this.parameters = parameters;
        this.headers = headers;
        this.transmits = transmits;
        this.session = session;
        this.nextSequence = session.firstSequence((int) parameters.rtxSsrc());
    }

    /** The retransmitter that the parameters ask for: the previous one, a fresh one, or none. */
    static @Nullable Retransmitter of(
            SendStreamParameters parameters,
            PacketHeaderWriter headers,
            TransmitQueue transmits,
            @Nullable Retransmitter previous,
            RtpSession session) {
        int[] types = new int[128];
        java.util.Arrays.fill(types, -1);
        boolean any = false;
        for (RtpCodec codec : parameters.codecs()) {
            int repaired = codec.associatedPayloadType();
            if (codec.isRtx() && repaired >= 0) {
                types[repaired] = codec.payloadType();
                any = true;
            }
        }
        boolean repeats = false;
        for (RtpCodec codec : parameters.codecs()) {
            repeats |= codec.nack();
        }
        for (RtpCodec codec : parameters.codecs()) {
            // R12: a retransmission is never retransmitted itself. What wraps others does not say for itself that it
            // may be.
            if (codec.isRepair() || !(codec.nack() || (repeats && codec.isVideoRed()))) {
                types[codec.payloadType()] = -1;
            }
        }
        if (!any || parameters.rtxSsrc() == SendStreamParameters.NO_SSRC) {
            return null;
        }
        Retransmitter result = previous == null ? new Retransmitter(parameters, headers, transmits, session) : previous;
        result.parameters = parameters;
        result.repairTypes = types;
        return result;
    }

    void onSent(byte[] packet, int offset, int length, long now) {
        if (repairTypes[packet[offset + 1] & 0x7f] >= 0) {
            sent.onSent(packet, offset, length, now);
        }
    }

    void onNack(GenericNack nack, long roundTripNanos, boolean identified, long now) {
        for (int i = 0; i < nack.entries(); i++) {
            int first = nack.packetId(i);
            repeat(first, roundTripNanos, identified, now);
            int mask = nack.lostBitmask(i);
            for (int bit = 0; mask != 0; bit++, mask >>>= 1) {
                if ((mask & 1) != 0) {
                    repeat((first + bit + 1) & 0xffff, roundTripNanos, identified, now);
                }
            }
        }
    }

    private void repeat(int sequenceNumber, long roundTripNanos, boolean identified, long now) {
        SentPackets.Entry entry = sent.take(sequenceNumber, roundTripNanos, ORIGINAL_NUMBER, now);
        if (entry == null || !write(entry, sequenceNumber, identified)) {
            session.counters().count(RtpCounter.RETRANSMISSION_REFUSED);
        }
    }

    /** The latest packet once more: the receiver drops it as a duplicate, and the way has carried its bytes. */
    boolean pad(boolean identified, long now) {
        SentPackets.Entry entry = sent.latest(now);
        return entry != null && write(entry, entry.sequenceNumber(), identified);
    }

    private boolean write(SentPackets.Entry entry, int sequenceNumber, boolean identified) {
        if (!original.wrap(entry.data(), 0, entry.length()) || repairTypes[original.payloadType()] < 0) {
            return false;
        }
        TransmitQueue.Buffer buffer = transmits.take();
        int header = headers.write(
                buffer,
                (int) parameters.rtxSsrc(),
                nextSequence,
                (int) original.timestamp(),
                repairTypes[original.payloadType()],
                original.marker(),
                -1,
                parameters.extensions(),
                parameters.extensions().repairedRid(),
                identified,
                frameExtensions(original));
        int length = ORIGINAL_NUMBER + original.payloadLength();
        if (header + length > TransmitQueue.MAX_PACKET) {
            transmits.release(buffer);
            return false;
        }
        int at = RtpTransmit.HEADROOM + header;
        Bytes.put16(buffer.data, at, sequenceNumber);
        System.arraycopy(
                original.data(), original.payloadOffset(), buffer.data, at + ORIGINAL_NUMBER, original.payloadLength());
        nextSequence = (nextSequence + 1) & 0xffff;
        packets++;
        payloadBytes += length;
        headerBytes += header;
        transmits.add(buffer, header + length, TransmitQueue.Priority.REPAIR);
        return true;
    }

    /** RFC 4588 4: a repetition says the same of its frame as the original. */
    private FrameExtensionValues frameExtensions(RtpPacket packet) {
        values.clear();
        reader.wrap(packet);
        while (reader.next()) {
            for (FrameExtension extension : FRAME_EXTENSIONS) {
                if (parameters.extensions().id(extension) == reader.id()) {
                    values.borrow(extension, packet.data(), reader.offset(), reader.length());
                }
            }
        }
        return values;
    }

    int nextSequence() {
        return nextSequence;
    }

    long packets() {
        return packets;
    }

    long payloadBytes() {
        return payloadBytes;
    }

    long headerBytes() {
        return headerBytes;
    }
}

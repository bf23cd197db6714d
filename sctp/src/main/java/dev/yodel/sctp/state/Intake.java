package dev.yodel.sctp.state;

import dev.yodel.sctp.packet.SctpPacket;
import org.jspecify.annotations.Nullable;

/**
 * Is a packet of the peer looked at? By checksum, lengths and tag; what is refused is counted and has no effect. RFC 9260
 * 6.8, 8.5; RFC 9653 5.3.
 */
public final class Intake {
    private final Counts counts;
    private final boolean zeroChecksum;

    public Intake(Counts counts, boolean zeroChecksum) {
        this.counts = counts;
        this.zeroChecksum = zeroChecksum;
    }

    /** The packet, or null if it is refused. */
    public @Nullable SctpPacket take(byte[] data, int offset, int length, int localTag, int peerTag) {
        boolean isUnchecked = zeroChecksum && SctpPacket.isChecksumZero(data, offset, length);
        if (!isUnchecked && !SctpPacket.isChecksumRight(data, offset, length)) {
            counts.checksumErrors++;
            return null;
        }
        SctpPacket packet = SctpPacket.parse(data, offset, length);
        if (packet == null) {
            counts.malformedPackets++;
            return null;
        }
        // RFC 9653 5.2: what opens an association has a checksum.
        if (isUnchecked && packet.opensAssociation()) {
            counts.checksumErrors++;
            return null;
        }
        if (!packet.hasRightTag(localTag, peerTag)) {
            counts.wrongTags++;
            return null;
        }
        if (isUnchecked) {
            counts.zeroChecksumsReceived++;
        }
        return packet;
    }
}

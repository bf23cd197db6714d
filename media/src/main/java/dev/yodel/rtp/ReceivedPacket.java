package dev.yodel.rtp;

import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A packet of a routed stream: a re-used view of borrowed bytes, valid until the next call on the session. It is no copy:
 * who keeps it keeps {@code data[packetOffset..+packetLength]} by copying.
 */
public final class ReceivedPacket implements RtpEvent.Media {
    /** The array that was given to {@link RtpSession#handleRtp}. */
    public byte[] data = Bytes.EMPTY;

    /** First byte of the whole packet. */
    public int packetOffset;

    /** Bytes of the whole packet. */
    public int packetLength;

    /** Bytes of the header with contributing sources and extension; the payload may begin later. */
    public int headerLength;

    /** First byte of the payload. */
    public int payloadOffset;

    /** Bytes of the payload; 0 for a packet that only pads or probes. */
    public int payloadLength;

    /** {@link RtpReceiver#id()}. */
    public int receiverId;

    /** The source, 0 to 2^32-1. */
    public long ssrc;

    /** Simulcast stream, or null. */
    public @Nullable String rid;

    /** The negotiated meaning of the payload type. */
    public RtpCodec codec = NO_CODEC;

    /** Extended sequence number; steps of 1, and it never jumps back, even if the sender starts anew. */
    public long sequence;

    /** Whether the sender started anew (RFC 3550 A.1), so that gaps before this packet mean nothing. */
    public boolean restarted;

    /** Timestamp as on the wire, 0 to 2^32-1. */
    public long rtpTimestamp;

    /** The marker bit. */
    public boolean marker;

    /** Audio level in -dBov, 0 (loud) to 127 (silence), or -1 if the packet has none (RFC 6464). */
    public int audioLevel = -1;

    /** The voice activity bit beside the audio level. */
    public boolean voiceActivity;

    /** Whether it came on request as a retransmission; then the whole packet is the one that carried it (RFC 4588 4). */
    public boolean retransmitted;

    /** Whether it was rebuilt from other packets; then the whole packet is one of those (RFC 2198). */
    public boolean rebuilt;

    /**
     * Whether a relay goes on with it behind what it sent last, whatever its number is: what was left out before, in
     * a pause too, is not to look lost.
     */
    public boolean continues;

    /** What a relay changes in the payload it sends. */
    public final PayloadPatch patch = new PayloadPatch();

    /** Which extensions of its frame it has: a bit for each {@link FrameExtension#index}. Most packets have none. */
    int extensions;

    /** Where those stand, from the first byte of the packet. */
    final int[] extensionAt = new int[FrameExtension.COUNT];

    final int[] extensionLength = new int[FrameExtension.COUNT];

    /** The frame number that a relay writes into the dependency descriptor, or -1 to leave it. */
    int frameNumber = -1;

    /** When it came, nanoseconds. */
    public long arrivalNanos;

    private static final RtpCodec NO_CODEC = new RtpCodec(0, "none", 1, 1);

    /** An empty view, for tests and for owners that copy. */
    public ReceivedPacket() {}

    /** Where the value of an extension stands, from the first byte of the packet. */
    void extension(int index, int at, int length) {
        extensions |= 1 << index;
        extensionAt[index] = at;
        extensionLength[index] = length;
    }

    private boolean has(FrameExtension extension) {
        return (extensions >> extension.index & 1) != 0;
    }

    /**
     * Where the value of an extension of its frame begins.
     *
     * @param extension which
     * @return an index into {@link #data}, or -1 if the packet has none
     */
    public int extensionOffset(FrameExtension extension) {
        return has(extension) ? packetOffset + extensionAt[extension.index] : -1;
    }

    /**
     * Size of the value of an extension of its frame.
     *
     * @param extension which
     * @return bytes, 0 if the packet has none
     */
    public int extensionLength(FrameExtension extension) {
        return has(extension) ? extensionLength[extension.index] : 0;
    }

    /**
     * Makes another view the same: of the same bytes.
     *
     * @param other changed
     */
    @SuppressWarnings("ReferenceEquality") // meant: whether there is anything to write
    public void copyTo(ReceivedPacket other) {
        // References are mostly the same from packet to packet, and each that is written costs the collector's barrier.
        if (other.data != data) {
            other.data = data;
        }
        other.packetOffset = packetOffset;
        other.packetLength = packetLength;
        other.headerLength = headerLength;
        other.payloadOffset = payloadOffset;
        other.payloadLength = payloadLength;
        other.receiverId = receiverId;
        other.ssrc = ssrc;
        if (other.rid != rid) {
            other.rid = rid;
        }
        if (other.codec != codec) {
            other.codec = codec;
        }
        other.sequence = sequence;
        other.restarted = restarted;
        other.rtpTimestamp = rtpTimestamp;
        other.marker = marker;
        other.audioLevel = audioLevel;
        other.voiceActivity = voiceActivity;
        other.retransmitted = retransmitted;
        other.rebuilt = rebuilt;
        other.continues = continues;
        other.patch.set(patch);
        other.arrivalNanos = arrivalNanos;
        other.frameNumber = frameNumber;
        other.extensions = extensions;
        if (extensions != 0) {
            System.arraycopy(extensionAt, 0, other.extensionAt, 0, FrameExtension.COUNT);
            System.arraycopy(extensionLength, 0, other.extensionLength, 0, FrameExtension.COUNT);
        }
    }

    /**
     * The packet as its sender meant it, without padding: with number, time and payload type of its own where another
     * packet carried it.
     *
     * @return a fresh array of header and payload
     */
    public byte[] toBytes() {
        byte[] bytes = new byte[headerLength + payloadLength];
        System.arraycopy(data, packetOffset, bytes, 0, headerLength);
        System.arraycopy(data, payloadOffset, bytes, headerLength, payloadLength);
        patch.apply(bytes, headerLength);
        bytes[0] = (byte) (bytes[0] & ~0x20);
        bytes[1] = (byte) (codec.payloadType() | (marker ? 0x80 : 0));
        Bytes.put16(bytes, 2, (int) sequence & 0xffff);
        Bytes.put32(bytes, 4, (int) rtpTimestamp);
        Bytes.put32(bytes, 8, (int) ssrc);
        return bytes;
    }

    @Override
    public String toString() {
        return "ssrc=" + ssrc + " " + codec.name() + " seq=" + sequence + " ts=" + rtpTimestamp + " payload="
                + payloadLength;
    }
}

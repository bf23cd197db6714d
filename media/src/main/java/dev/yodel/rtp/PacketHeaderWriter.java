package dev.yodel.rtp;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.rtp.extension.DependencyDescriptor;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes RTP headers with the negotiated header extensions (RFC 3550 5.1, RFC 8285 4, RFC 6464, RFC 9143 6). */
final class PacketHeaderWriter {
    private final HeaderExtensionWriter extensions = new HeaderExtensionWriter();
    private static final FrameExtension[] FRAME_EXTENSIONS = FrameExtension.values();

    private byte[] mid = Bytes.EMPTY;
    private byte[] rid = Bytes.EMPTY;

    void identify(@Nullable String newMid, @Nullable String newRid) {
        mid = newMid == null ? Bytes.EMPTY : newMid.getBytes(StandardCharsets.UTF_8);
        rid = newRid == null ? Bytes.EMPTY : newRid.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Writes a header at {@link RtpTransmit#HEADROOM}. The send time and the transport-wide number are filled in when the
     * packet leaves.
     *
     * @param level the audio level byte, or -1
     * @param ridId the identifier to write the rid under: that of a stream or of a repair stream
     * @param identified whether MID and RID go with this packet
     * @param frame what the packet says of its frame, or null
     * @return bytes written
     */
    int write(
            TransmitQueue.Buffer buffer,
            int ssrc,
            int sequence,
            int timestamp,
            int payloadType,
            boolean marker,
            int level,
            HeaderExtensionIds ids,
            int ridId,
            boolean identified,
            @Nullable FrameExtensionValues frame) {
        byte[] data = buffer.data;
        int at = RtpTransmit.HEADROOM;
        data[at] = (byte) 0x80;
        data[at + 1] = (byte) (payloadType | (marker ? 0x80 : 0));
        Bytes.put16(data, at + 2, sequence);
        Bytes.put32(data, at + 4, timestamp);
        Bytes.put32(data, at + 8, ssrc);
        boolean withMid = ids.mid() != 0 && mid.length > 0 && identified;
        boolean withRid = ridId != 0 && rid.length > 0 && identified;
        boolean withLevel = ids.audioLevel() != 0 && level >= 0;
        boolean withTime = ids.absSendTime() != 0;
        boolean withNumber = ids.transportCc() != 0;
        boolean withFrame = frame != null && hasAny(frame, ids);
        if (!(withMid || withRid || withLevel || withTime || withNumber || withFrame)) {
            return RtpPacket.FIXED_HEADER;
        }
        boolean twoByte = (withMid && !HeaderExtensionWriter.fitsOneByte(ids.mid(), mid.length))
                || (withRid && !HeaderExtensionWriter.fitsOneByte(ridId, rid.length))
                || (withLevel && ids.audioLevel() > 14)
                || (withTime && ids.absSendTime() > 14)
                || (withNumber && ids.transportCc() > 14)
                || (frame != null && needsTwoBytes(frame, ids));
        HeaderExtensionWriter out = extensions;
        out.begin(data, at + RtpPacket.FIXED_HEADER, twoByte);
        if (withTime) {
            buffer.sendTimeAt = out.element(ids.absSendTime(), 3);
        }
        if (withNumber) {
            buffer.transportNumberAt = out.element(ids.transportCc(), 2);
        }
        if (withLevel) {
            data[out.element(ids.audioLevel(), 1)] = (byte) level;
        }
        if (frame != null && withFrame) {
            writeFrame(frame, ids, data);
        }
        if (withMid) {
            out.element(ids.mid(), mid);
        }
        if (withRid) {
            out.element(ridId, rid);
        }
        data[at] |= 0x10;
        return RtpPacket.FIXED_HEADER + out.finish();
    }

    private static boolean hasAny(FrameExtensionValues frame, HeaderExtensionIds ids) {
        boolean any = false;
        for (FrameExtension extension : FRAME_EXTENSIONS) {
            any |= frame.length[extension.index] > 0 && ids.id(extension) != 0;
        }
        return any;
    }

    private static boolean needsTwoBytes(FrameExtensionValues frame, HeaderExtensionIds ids) {
        boolean any = false;
        for (FrameExtension extension : FRAME_EXTENSIONS) {
            int length = frame.length[extension.index];
            int id = ids.id(extension);
            any |= length > 0 && id != 0 && !HeaderExtensionWriter.fitsOneByte(id, length);
        }
        return any;
    }

    private void writeFrame(FrameExtensionValues frame, HeaderExtensionIds ids, byte[] data) {
        for (FrameExtension extension : FRAME_EXTENSIONS) {
            int i = extension.index;
            int id = ids.id(extension);
            if (frame.length[i] == 0 || id == 0) {
                continue;
            }
            int at = extensions.element(id, frame.length[i]);
            System.arraycopy(frame.data, frame.at[i], data, at, frame.length[i]);
            if (extension == FrameExtension.DEPENDENCY_DESCRIPTOR && frame.frameNumber >= 0) {
                DependencyDescriptor.patchFrameNumber(data, at, frame.frameNumber);
            }
        }
    }

    /** 6.18 seconds, wrapping after 64 s. */
    static int absoluteSendTime(long now) {
        long seconds = Math.floorDiv(now, Time.SECOND) & 63;
        long fraction = (Math.floorMod(now, Time.SECOND) << 18) / Time.SECOND;
        return (int) (seconds << 18 | fraction);
    }
}

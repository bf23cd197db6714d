package dev.yodel.rtp;

import dev.yodel.rtp.extension.DependencyDescriptor;
import dev.yodel.rtp.extension.DependencyStructure;
import dev.yodel.rtp.payload.Depacketizer;
import dev.yodel.rtp.payload.Vp8Descriptor;
import dev.yodel.rtp.payload.Vp9Descriptor;
import org.jspecify.annotations.Nullable;

/**
 * What does a packet say of its place among layers and pictures, by its payload or its dependency descriptor (RFC
 * 7741, RFC 9628, RTP Payload Format For AV1)? It chooses nothing. The fields are those of the packet that was read
 * last.
 */
final class LayerReader {
    /** Frame numbers of descriptors have 16 bits; picture identifiers of payloads a bit less than their bytes. */
    private static final int DESCRIPTOR_BYTES = 0;

    /** Whose payloads number their pictures. */
    private enum Format {
        VP8,
        VP9,
        OTHER;

        static Format of(RtpCodec codec) {
            String name = codec.name();
            return name.equalsIgnoreCase("VP8") ? VP8 : name.equalsIgnoreCase("VP9") ? VP9 : OTHER;
        }
    }

    private final Vp8Descriptor vp8 = new Vp8Descriptor();
    private final Vp9Descriptor vp9 = new Vp9Descriptor();
    private final DependencyDescriptor descriptor = new DependencyDescriptor();
    private @Nullable RtpCodec codec;
    private Format format = Format.OTHER;
    private @Nullable Depacketizer depacketizer;

    /** Whether a receiver can begin with it. */
    boolean keyStart;

    /** Its picture identifier, or the frame number of its descriptor; -1 for none. */
    int pictureId;

    /** Where the identifier stands, from the first byte of the payload. */
    int pictureIdAt;

    int pictureIdBytes;

    /** Where TL0PICIDX stands, from the first byte of the payload; -1 for nowhere. */
    int baseIndexAt;

    /** -1 where it is not said. */
    int temporalLayer;

    boolean switchingUp;
    boolean frameStart;
    boolean frameEnd;
    int spatialLayer;

    /** Whether all this comes from a dependency descriptor. */
    boolean described;

    /** Whether frames tell what they refer to by differences of numbers. */
    boolean referencesByNumber;

    /** The number of the frame by its descriptor where the payload numbers pictures too, or -1. */
    int frameNumber;

    /** What descriptors of this layer refer to from here on, if it is another one. */
    @Nullable
    DependencyStructure structure;

    /**
     * Reads what a packet says of itself.
     *
     * @param known what descriptors of its layer refer to
     * @return false if it is none of its codec
     */
    boolean read(ReceivedPacket packet, @Nullable DependencyStructure known) {
        if (!packet.codec.equals(codec)) {
            codec = packet.codec;
            format = Format.of(packet.codec);
            depacketizer = Depacketizer.of(packet.codec);
        }
        pictureId = -1;
        baseIndexAt = -1;
        temporalLayer = -1;
        switchingUp = false;
        keyStart = false;
        frameStart = false;
        frameEnd = false;
        spatialLayer = 0;
        described = false;
        referencesByNumber = false;
        frameNumber = -1;
        structure = null;
        if (format != Format.OTHER) {
            if (packet.extensionLength(FrameExtension.DEPENDENCY_DESCRIPTOR) >= DependencyDescriptor.MANDATORY) {
                int at = packet.extensionOffset(FrameExtension.DEPENDENCY_DESCRIPTOR);
                frameNumber = DependencyDescriptor.frameNumber(packet.data, at);
            }
            return format == Format.VP8 ? readVp8(packet) : readVp9(packet);
        }
        if (packet.extensionLength(FrameExtension.DEPENDENCY_DESCRIPTOR) > 0) {
            return readDescriptor(packet, known);
        }
        Depacketizer reader = depacketizer;
        if (reader == null) {
            // Sound: any packet can be the first.
            keyStart = true;
            return true;
        }
        if (!reader.read(packet.data, packet.payloadOffset, packet.payloadLength)) {
            return false;
        }
        keyStart = reader.keyFrame();
        frameStart = reader.startsFrame();
        return true;
    }

    private boolean readVp8(ReceivedPacket packet) {
        if (!vp8.parse(packet.data, packet.payloadOffset, packet.payloadLength)) {
            return false;
        }
        keyStart = vp8.keyFrame();
        frameStart = vp8.frameStart();
        pictureId = vp8.pictureId();
        pictureIdAt = 2;
        pictureIdBytes = pictureId >= 0 && packet.data[packet.payloadOffset + 2] < 0 ? 2 : 1;
        baseIndexAt = vp8.temporalBaseIndex() < 0 ? -1 : 2 + (pictureId < 0 ? 0 : pictureIdBytes);
        temporalLayer = vp8.temporalLayer();
        switchingUp = vp8.layerSync();
        return true;
    }

    private boolean readVp9(ReceivedPacket packet) {
        if (!vp9.parse(packet.data, packet.payloadOffset, packet.payloadLength)) {
            return false;
        }
        keyStart = vp9.keyPicture() && vp9.pictureStart();
        frameStart = vp9.pictureStart();
        pictureId = vp9.pictureId();
        pictureIdAt = vp9.pictureIdOffset() - packet.payloadOffset;
        pictureIdBytes = vp9.pictureIdBytes();
        baseIndexAt = vp9.temporalBaseOffset() < 0 ? -1 : vp9.temporalBaseOffset() - packet.payloadOffset;
        temporalLayer = vp9.temporalLayer();
        switchingUp = vp9.switchingUp();
        spatialLayer = vp9.spatialLayer();
        frameEnd = vp9.layerFrameEnd();
        // RFC 9628 4.2: flexible or not, frames refer to each other by differences of picture identifiers, which a
        // structure of pictures tells where they do not themselves.
        referencesByNumber = true;
        return true;
    }

    /** RTP Payload Format For AV1, appendix A: what the frame is for, whatever its codec is. */
    private boolean readDescriptor(ReceivedPacket packet, @Nullable DependencyStructure known) {
        int at = packet.extensionOffset(FrameExtension.DEPENDENCY_DESCRIPTOR);
        int length = packet.extensionLength(FrameExtension.DEPENDENCY_DESCRIPTOR);
        if (!descriptor.parse(packet.data, at, length, known)) {
            return false;
        }
        DependencyStructure came = descriptor.structure();
        if (came != null) {
            structure = came;
        }
        described = true;
        referencesByNumber = true;
        keyStart = came != null && descriptor.frameStart() && descriptor.references() == 0;
        frameStart = descriptor.frameStart();
        frameEnd = descriptor.frameEnd();
        spatialLayer = descriptor.spatialLayer();
        pictureId = descriptor.frameNumber();
        pictureIdBytes = DESCRIPTOR_BYTES;
        return true;
    }

    /** Whether it is one of a picture, and no sound. */
    boolean isPicture() {
        return depacketizer != null;
    }

    /** In how many bits pictures are numbered. */
    int numberBits() {
        return described ? 16 : pictureIdBytes * 8 - 1;
    }

    /** What the packet is for a decode target, by its descriptor. */
    int indication(int target) {
        return descriptor.indication(target);
    }
}

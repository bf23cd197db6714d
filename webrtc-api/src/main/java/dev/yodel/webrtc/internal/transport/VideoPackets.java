package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.RandomSource;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.FrameLayer;
import dev.yodel.media.FrameMetadata;
import dev.yodel.rtp.FrameExtension;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.SendStream;
import dev.yodel.rtp.extension.AbsoluteCaptureTime;
import dev.yodel.rtp.extension.ColorSpace;
import dev.yodel.rtp.extension.FrameDescriptions;
import dev.yodel.rtp.extension.PlayoutDelay;
import dev.yodel.rtp.extension.ScalabilityMode;
import dev.yodel.rtp.extension.ScalableFrames;
import dev.yodel.rtp.extension.VideoLayersAllocation;
import dev.yodel.rtp.extension.VideoOrientation;
import dev.yodel.rtp.payload.Packetizer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** From encoded video frames to the packets of a stream, and what they say of their frames. Loop thread only. */
final class VideoPackets {
    private final RandomSource random;
    private final byte[] payload;
    private final MadeLayers made;
    private final int streamIndex;
    private @Nullable Packetizer packetizer;
    private @Nullable RtpCodec codec;
    private FrameMetadata before = FrameMetadata.NONE;
    private @Nullable ScalableFrames frames;
    private @Nullable FrameDescriptions descriptions;
    /** Whether the structure that descriptors refer to was told: from a key picture on. */
    private boolean describing;

    /**
     * The packets of one stream of a sender.
     *
     * @param made what all its streams make
     * @param streamIndex which of them it is
     */
    VideoPackets(RandomSource random, int maxPayloadBytes, MadeLayers made, int streamIndex) {
        this.random = random;
        this.payload = new byte[maxPayloadBytes];
        this.made = made;
        this.streamIndex = streamIndex;
    }

    /** Sends a frame; false if its codec has no payload format or the frame does not fit that. */
    boolean write(SendStream to, RtpCodec as, EncodedFrame frame, long timestamp, long now) {
        if (!as.equals(codec)) {
            codec = as;
            packetizer = Packetizer.of(as, random.nextInt(1 << 15));
        }
        Packetizer cut = packetizer;
        ScalableFrames told = follow(to, frame.layer());
        if (cut == null || !begin(cut, frame, told)) {
            return false;
        }
        FrameMetadata said = frame.metadata();
        boolean allocated = to.parameters().extensions().layersAllocation() != 0;
        if (allocated) {
            made.picture(streamIndex, cut, now);
        }
        boolean first = true;
        while (!cut.finished()) {
            boolean start = cut.startsFrame();
            int spatial = cut.spatialLayer();
            if (told != null && start) {
                told.nextFrame(spatial);
            }
            int length = cut.next(payload, 0);
            if (told != null && describing && descriptions != null) {
                boolean end = cut.finished() || cut.startsFrame();
                to.say(FrameExtension.DEPENDENCY_DESCRIPTOR, descriptions.describe(told, start, end));
            }
            if (first && !said.equals(FrameMetadata.NONE)) {
                begin(to, said, frame.keyFrame());
            }
            if (first && allocated && said.layers() == null) {
                allocate(to, cut.keyFrame(), now);
            }
            if (cut.finished() && !said.equals(FrameMetadata.NONE)) {
                end(to, said, frame.keyFrame());
            }
            if (allocated) {
                made.payload(streamIndex, spatial, told == null ? 0 : told.temporalLayer(), length);
            }
            first = false;
            to.write(as, payload, 0, length, timestamp, cut.finished(), -1, now);
        }
        return true;
    }

    /** The numbers and references of the frames, where they are told; null where nothing of them is. */
    private @Nullable ScalableFrames follow(SendStream to, @Nullable FrameLayer layer) {
        boolean described = to.parameters().extensions().dependencyDescriptor() != 0;
        if (layer == null && !described) {
            frames = null;
            descriptions = null;
            return null;
        }
        ScalabilityMode mode = layer == null ? ScalabilityMode.L1T1 : layer.mode();
        ScalableFrames current = frames;
        if (current == null || !current.mode().equals(mode)) {
            int number = current == null ? random.nextInt(1 << 16) : current.frameNumber() + 1 & 0xffff;
            current = new ScalableFrames(mode, number);
            frames = current;
            descriptions = null;
        }
        if (described && descriptions == null) {
            descriptions = new FrameDescriptions(mode);
            describing = false;
        } else if (!described) {
            descriptions = null;
        }
        return current;
    }

    private boolean begin(Packetizer cut, EncodedFrame frame, @Nullable ScalableFrames told) {
        byte[] data = frame.data();
        if (told == null) {
            return cut.begin(data, 0, data.length, payload.length, false) > 0;
        }
        FrameLayer layer = frame.layer();
        FrameDescriptions written = descriptions;
        int keyBytes = written == null ? 0 : written.structureBytes();
        int temporal = layer == null ? 0 : layer.temporal();
        if (cut.begin(data, 0, data.length, payload.length, keyBytes, told, temporal) == 0) {
            return false;
        }
        describing |= told.keyPicture();
        if (told.keyPicture() && written != null) {
            int layers = told.mode().spatialLayers();
            int[] widths = new int[layers];
            int[] heights = new int[layers];
            int known = 0;
            for (int s = 0; s < layers; s++) {
                widths[s] = cut.width(s);
                heights[s] = cut.height(s);
                known += widths[s] > 0 && heights[s] > 0 ? 1 : 0;
            }
            written.sizes(known == layers ? widths : new int[0], known == layers ? heights : new int[0]);
        }
        return true;
    }

    /** Which layers are made at which rates, measured: encoders are elsewhere. */
    private void allocate(SendStream to, boolean keyPicture, long now) {
        VideoLayersAllocation layers = made.due(streamIndex, keyPicture, now);
        if (layers != null) {
            to.say(FrameExtension.LAYERS_ALLOCATION, layers.toBytes());
        }
    }

    private void begin(SendStream to, FrameMetadata said, boolean keyFrame) {
        AbsoluteCaptureTime time = said.captureTime();
        if (time != null) {
            byte[] value = new byte[time.size()];
            time.write(value, 0);
            to.say(FrameExtension.CAPTURE_TIME, value);
        }
        PlayoutDelay delay = said.playoutDelay();
        if (delay != null && (keyFrame || !to.acknowledged() || !delay.equals(before.playoutDelay()))) {
            byte[] value = new byte[delay.size()];
            delay.write(value, 0);
            to.say(FrameExtension.PLAYOUT_DELAY, value);
        }
        VideoLayersAllocation layers = said.layers();
        if (layers != null && (keyFrame || !layers.equals(before.layers()))) {
            to.say(FrameExtension.LAYERS_ALLOCATION, layers.toBytes());
        }
    }

    /** 3GPP TS 26.114 7.4.5: with key frames, and wherever it changes. */
    private void end(SendStream to, FrameMetadata said, boolean keyFrame) {
        VideoOrientation orientation = said.orientation();
        boolean turned = orientation != null && orientation.rotationDegrees() != 0;
        if (orientation != null && (keyFrame || turned || !orientation.equals(before.orientation()))) {
            byte[] value = new byte[orientation.size()];
            orientation.write(value, 0);
            to.say(FrameExtension.ORIENTATION, value);
        }
        ColorSpace colors = said.colorSpace();
        if (colors != null && (keyFrame || !Objects.equals(colors, before.colorSpace()))) {
            byte[] value = new byte[colors.size()];
            colors.write(value, 0);
            to.say(FrameExtension.COLOR_SPACE, value);
        }
        before = said;
    }
}

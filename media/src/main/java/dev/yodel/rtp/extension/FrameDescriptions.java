package dev.yodel.rtp.extension;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Writes the dependency descriptors of a stream that we make (RTP Payload Format For AV1, appendix A): its templates
 * are the frames of the mode in their regular order, which three bytes tell; other frames say themselves what they
 * refer to. Not for sharing between threads.
 */
public final class FrameDescriptions {
    /** What a template can tell. */
    private static final int MAX_REFERENCE = 16;

    private static final int MAX_CHAIN = 15;
    /** With one value of more than 16 bytes every element's head is a byte longer (RFC 8285 4.3). */
    private static final int LONG_FORM = 8;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Template(int spatial, int temporal, byte[] indications, byte[] references, byte[] chainDiffs) {
        static Template of(ScalableFrames frame) {
            byte[] indications = new byte[frame.decodeTargets()];
            for (int target = 0; target < indications.length; target++) {
                indications[target] = (byte) frame.indication(target);
            }
            byte[] references = new byte[frame.references()];
            for (int i = 0; i < references.length; i++) {
                references[i] = (byte) frame.reference(i);
            }
            byte[] chainDiffs = new byte[frame.mode().spatialLayers()];
            for (int c = 0; c < chainDiffs.length; c++) {
                chainDiffs[c] = (byte) frame.chainDiff(c);
            }
            return new Template(frame.spatialLayer(), frame.temporalLayer(), indications, references, chainDiffs);
        }

        boolean sameLayer(ScalableFrames frame) {
            return spatial == frame.spatialLayer() && temporal == frame.temporalLayer();
        }

        boolean sameNeed(ScalableFrames frame) {
            boolean same = true;
            for (int target = 0; target < indications.length; target++) {
                same &= indications[target] == frame.indication(target);
            }
            return same;
        }

        boolean tells(ScalableFrames frame) {
            if (!sameLayer(frame) || !sameNeed(frame) || references.length != frame.references()) {
                return false;
            }
            boolean same = true;
            for (int i = 0; i < references.length; i++) {
                same &= references[i] == frame.reference(i);
            }
            for (int c = 0; c < chainDiffs.length; c++) {
                same &= chainDiffs[c] == frame.chainDiff(c);
            }
            return same;
        }
    }

    private final ScalabilityMode mode;
    private final List<Template> templates = new ArrayList<>();
    private DependencyWriter writer;
    private byte[] described = new byte[0];
    private int describedFrame = -1;
    private int structureBytes = -1;

    /**
     * Descriptions of a mode's frames, without sizes.
     *
     * @param mode which layers there are
     */
    public FrameDescriptions(ScalabilityMode mode) {
        this.mode = mode;
        ScalableFrames frames = new ScalableFrames(mode, 0);
        int period = 1 << (mode.temporalLayers() - 1);
        for (int i = 0; i <= 2 * period; i++) {
            frames.beginPicture(i == 0, mode.temporalLayer(i));
            for (int s = 0; s < mode.spatialLayers(); s++) {
                frames.nextFrame(s);
                if (fits(frames) && templates.stream().noneMatch(template -> template.tells(frames))) {
                    templates.add(Template.of(frames));
                }
            }
        }
        templates.sort(Comparator.comparingInt(Template::spatial).thenComparingInt(Template::temporal));
        writer = new DependencyWriter(structure(new int[0], new int[0]));
    }

    private static boolean fits(ScalableFrames frame) {
        boolean fits = true;
        for (int i = 0; i < frame.references(); i++) {
            fits &= frame.reference(i) <= MAX_REFERENCE;
        }
        for (int c = 0; c < frame.mode().spatialLayers(); c++) {
            fits &= frame.chainDiff(c) <= MAX_CHAIN;
        }
        return fits;
    }

    private DependencyStructure structure(int[] widths, int[] heights) {
        int count = templates.size();
        int[] spatial = new int[count];
        int[] temporal = new int[count];
        byte[][] indications = new byte[count][];
        byte[][] references = new byte[count][];
        byte[][] chainDiffs = new byte[count][];
        for (int i = 0; i < count; i++) {
            Template template = templates.get(i);
            spatial[i] = template.spatial;
            temporal[i] = template.temporal;
            indications[i] = template.indications;
            references[i] = template.references;
            chainDiffs[i] = template.chainDiffs;
        }
        int[] protectedBy = new int[mode.spatialLayers() * mode.temporalLayers()];
        for (int target = 0; target < protectedBy.length; target++) {
            protectedBy[target] = target / mode.temporalLayers();
        }
        return new DependencyStructure(
                0, spatial, temporal, indications, references, protectedBy, chainDiffs, widths, heights);
    }

    /**
     * The sizes of the spatial layers' pictures, told with the next key picture.
     *
     * @param widths of each layer, 1 to 65536; empty if not known
     * @param heights as many
     */
    public void sizes(int[] widths, int[] heights) {
        boolean known = widths.length == mode.spatialLayers() && heights.length == widths.length;
        writer = new DependencyWriter(
                known ? structure(widths.clone(), heights.clone()) : structure(new int[0], new int[0]));
        describedFrame = -1;
        structureBytes = -1;
    }

    /**
     * How many bytes the structure adds to a descriptor, with what a longer element costs its header.
     *
     * @return 0 to 200
     */
    public int structureBytes() {
        if (structureBytes < 0) {
            structureBytes = writer.write(true, true, 0, 0, true, -1, null, null, null).length + LONG_FORM;
        }
        return structureBytes;
    }

    /**
     * The descriptor of a packet of a frame. The structure goes with the first packet of a key picture.
     *
     * @param frame the frame in hand, of the same mode
     * @param start whether the packet is the frame's first
     * @param end whether it is its last
     * @return the extension's value, up to 255 bytes, valid until the next call
     */
    public byte[] describe(ScalableFrames frame, boolean start, boolean end) {
        byte[] value;
        if (start && frame.opensKeyPicture()) {
            value = write(frame, true);
            describedFrame = -1;
        } else {
            if (describedFrame != frame.frameNumber() || start) {
                described = write(frame, false);
                describedFrame = frame.frameNumber();
            }
            value = described;
        }
        value[0] = (byte) ((start ? 0x80 : 0) | (end ? 0x40 : 0) | (value[0] & 0x3f));
        return value;
    }

    private byte[] write(ScalableFrames frame, boolean attach) {
        int layer = 0;
        for (int i = 0; i < templates.size(); i++) {
            Template template = templates.get(i);
            if (template.tells(frame)) {
                return writer.write(true, true, i, frame.frameNumber(), attach, -1, null, null, null);
            }
            boolean better =
                    template.sameLayer(frame) && (!templates.get(layer).sameLayer(frame) || template.sameNeed(frame));
            layer = better ? i : layer;
        }
        Template exact = Template.of(frame);
        int[] references = new int[frame.references()];
        Arrays.setAll(references, frame::reference);
        int[] chainDiffs = new int[mode.spatialLayers()];
        Arrays.setAll(chainDiffs, frame::chainDiff);
        return writer.write(
                true,
                true,
                layer,
                frame.frameNumber(),
                attach,
                -1,
                templates.get(layer).sameNeed(frame) ? null : exact.indications,
                references,
                chainDiffs);
    }

    @Override
    public String toString() {
        return mode + " in " + templates.size() + " templates";
    }
}

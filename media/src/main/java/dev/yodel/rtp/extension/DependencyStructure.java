package dev.yodel.rtp.extension;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The templates that the frames of a stream refer to from a key frame on (RTP Payload Format For AV1, appendix A.8):
 * layers, what decode targets need each frame, and what frames refer to. Immutable.
 */
public final class DependencyStructure {
    /** Most templates. */
    public static final int MAX_TEMPLATES = 64;

    /** Most decode targets. */
    public static final int MAX_TARGETS = 32;

    /** Most frames that one refers to. */
    public static final int MAX_REFERENCES = 16;

    static final int MAX_SPATIAL = 4;
    static final int MAX_TEMPORAL = 8;

    final int templateIdOffset;
    final int templates;
    final int targets;
    final int chains;
    final int[] spatial;
    final int[] temporal;
    final byte[][] indications;
    final byte[][] references;
    final int[] protectedBy;
    final byte[][] chainDiffs;
    final int[] widths;
    final int[] heights;
    private final int[] targetSpatial;
    private final int[] targetTemporal;

    /**
     * A structure.
     *
     * @param templateIdOffset 0 to 63, the id of the first template
     * @param spatial layer of each template, 0 to 3, growing
     * @param temporal layer of each template, 0 to 7, growing within a spatial layer
     * @param indications of each template for each decode target: 0 not present, 1 discardable, 2 switch, 3 required
     * @param references of each template: how many frames before it lies what it refers to, 1 to 16
     * @param protectedBy the chain of each decode target; empty without chains
     * @param chainDiffs of each template for each chain: how many frames before it lies the last one of the chain, 0 to 15
     * @param widths of each spatial layer's picture, 1 to 65536; empty if not told
     * @param heights as many
     */
    public DependencyStructure(
            int templateIdOffset,
            int[] spatial,
            int[] temporal,
            byte[][] indications,
            byte[][] references,
            int[] protectedBy,
            byte[][] chainDiffs,
            int[] widths,
            int[] heights) {
        this.templateIdOffset = templateIdOffset;
        this.templates = spatial.length;
        this.targets = indications[0].length;
        this.chains = chainDiffs[0].length;
        this.spatial = spatial;
        this.temporal = temporal;
        this.indications = indications;
        this.references = references;
        this.protectedBy = protectedBy;
        this.chainDiffs = chainDiffs;
        this.widths = widths;
        this.heights = heights;
        this.targetSpatial = new int[targets];
        this.targetTemporal = new int[targets];
        for (int target = 0; target < targets; target++) {
            for (int i = 0; i < templates; i++) {
                if (indications[i][target] != DependencyDescriptor.NOT_PRESENT) {
                    targetSpatial[target] = Math.max(targetSpatial[target], spatial[i]);
                    targetTemporal[target] = Math.max(targetTemporal[target], temporal[i]);
                }
            }
        }
    }

    static @Nullable DependencyStructure read(DescriptorBits bits) {
        int offset = bits.take(6);
        int targets = bits.take(5) + 1;
        int[] spatial = new int[MAX_TEMPLATES];
        int[] temporal = new int[MAX_TEMPLATES];
        int count = 0;
        int next = 0;
        int s = 0;
        int t = 0;
        while (next != 3) {
            if (count == MAX_TEMPLATES || s >= MAX_SPATIAL || t >= MAX_TEMPORAL || bits.missing()) {
                return null;
            }
            spatial[count] = s;
            temporal[count++] = t;
            next = bits.take(2);
            t = next == 1 ? t + 1 : next == 2 ? 0 : t;
            s += next == 2 ? 1 : 0;
        }
        byte[][] indications = new byte[count][targets];
        for (byte[] each : indications) {
            for (int target = 0; target < targets; target++) {
                each[target] = (byte) bits.take(2);
            }
        }
        byte[][] references = new byte[count][];
        byte[] found = new byte[MAX_REFERENCES];
        for (int i = 0; i < count; i++) {
            int size = 0;
            while (bits.flag()) {
                if (size == MAX_REFERENCES) {
                    return null;
                }
                found[size++] = (byte) (bits.take(4) + 1);
            }
            references[i] = Arrays.copyOf(found, size);
        }
        int chains = bits.below(targets + 1);
        int[] protectedBy = new int[chains == 0 ? 0 : targets];
        for (int target = 0; target < protectedBy.length; target++) {
            protectedBy[target] = bits.below(chains);
        }
        byte[][] chainDiffs = new byte[count][chains];
        for (byte[] each : chainDiffs) {
            for (int chain = 0; chain < chains; chain++) {
                each[chain] = (byte) bits.take(4);
            }
        }
        int sizes = bits.flag() ? spatial[count - 1] + 1 : 0;
        int[] widths = new int[sizes];
        int[] heights = new int[sizes];
        for (int i = 0; i < sizes; i++) {
            widths[i] = bits.take(16) + 1;
            heights[i] = bits.take(16) + 1;
        }
        return bits.missing()
                ? null
                : new DependencyStructure(
                        offset,
                        Arrays.copyOf(spatial, count),
                        Arrays.copyOf(temporal, count),
                        indications,
                        references,
                        protectedBy,
                        chainDiffs,
                        widths,
                        heights);
    }

    /**
     * Count of templates.
     *
     * @return 1 to 64
     */
    public int templates() {
        return templates;
    }

    /**
     * Count of decode targets: what a receiver may want to have of the stream.
     *
     * @return 1 to 32
     */
    public int decodeTargets() {
        return targets;
    }

    /**
     * The highest spatial layer of a decode target.
     *
     * @param target 0 to {@code decodeTargets() - 1}
     * @return 0 to 3
     */
    public int targetSpatialLayer(int target) {
        return targetSpatial[target];
    }

    /**
     * The highest temporal layer of a decode target.
     *
     * @param target 0 to {@code decodeTargets() - 1}
     * @return 0 to 7
     */
    public int targetTemporalLayer(int target) {
        return targetTemporal[target];
    }

    /**
     * The best decode target within limits.
     *
     * @param maxSpatial 0 and more
     * @param maxTemporal 0 and more
     * @return 0 to {@code decodeTargets() - 1}; the smallest one if none fits
     */
    public int target(int maxSpatial, int maxTemporal) {
        int best = -1;
        int smallest = 0;
        for (int target = 0; target < targets; target++) {
            int size = targetSpatial[target] * MAX_TEMPORAL + targetTemporal[target];
            if (size < targetSpatial[smallest] * MAX_TEMPORAL + targetTemporal[smallest]) {
                smallest = target;
            }
            boolean fits = targetSpatial[target] <= maxSpatial && targetTemporal[target] <= maxTemporal;
            if (fits && (best < 0 || size > targetSpatial[best] * MAX_TEMPORAL + targetTemporal[best])) {
                best = target;
            }
        }
        return best < 0 ? smallest : best;
    }

    /**
     * The width of a spatial layer's pictures.
     *
     * @param layer 0 and more
     * @return pixels, or 0 if not told
     */
    public int width(int layer) {
        return layer < widths.length ? widths[layer] : 0;
    }

    /**
     * The height of a spatial layer's pictures.
     *
     * @param layer 0 and more
     * @return pixels, or 0 if not told
     */
    public int height(int layer) {
        return layer < heights.length ? heights[layer] : 0;
    }

    @Override
    public String toString() {
        return templates + " templates, " + targets + " decode targets, " + chains + " chains";
    }
}

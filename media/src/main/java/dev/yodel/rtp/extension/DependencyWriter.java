package dev.yodel.rtp.extension;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes dependency descriptors (RTP Payload Format For AV1, appendix A.8), in as few bytes as a structure allows. Not for
 * sharing between threads.
 */
public final class DependencyWriter {
    private final DependencyStructure structure;
    private byte[] out = new byte[64];
    private int position;

    /**
     * A writer of frames that refer to a structure.
     *
     * @param structure what was, or will be, sent with the key frame
     */
    public DependencyWriter(DependencyStructure structure) {
        this.structure = structure;
    }

    /**
     * Writes the extension's value.
     *
     * @param frameStart whether the packet begins the frame
     * @param frameEnd whether it ends it
     * @param template 0 and more, the one that the frame follows
     * @param frameNumber its low 16 bits
     * @param attach whether the structure goes with it, as with the first packet of a key frame
     * @param activeTargets a bit for each decode target that is made, or -1 to say nothing
     * @param indications of the frame where they differ from the template's, else null
     * @param references of the frame where they differ, each 1 to 4096, at most 16; else null
     * @param chainDiffs of the frame where they differ, each 0 to 255; else null
     * @return a fresh array
     */
    public byte[] write(
            boolean frameStart,
            boolean frameEnd,
            int template,
            int frameNumber,
            boolean attach,
            long activeTargets,
            byte @Nullable [] indications,
            int @Nullable [] references,
            int @Nullable [] chainDiffs) {
        position = 0;
        Arrays.fill(out, (byte) 0);
        put(frameStart ? 1 : 0, 1);
        put(frameEnd ? 1 : 0, 1);
        put(template + structure.templateIdOffset & DependencyStructure.MAX_TEMPLATES - 1, 6);
        put(frameNumber & 0xffff, 16);
        boolean extended =
                attach || activeTargets >= 0 || indications != null || references != null || chainDiffs != null;
        if (extended) {
            put(attach ? 1 : 0, 1);
            put(activeTargets >= 0 ? 1 : 0, 1);
            put(indications != null ? 1 : 0, 1);
            put(references != null ? 1 : 0, 1);
            put(chainDiffs != null ? 1 : 0, 1);
        }
        if (attach) {
            putStructure();
        }
        if (activeTargets >= 0) {
            put((int) activeTargets, structure.targets);
        }
        if (indications != null) {
            for (byte indication : indications) {
                put(indication, 2);
            }
        }
        if (references != null) {
            for (int reference : references) {
                int size = reference <= 16 ? 1 : reference <= 256 ? 2 : 3;
                put(size, 2);
                put(reference - 1, 4 * size);
            }
            put(0, 2);
        }
        if (chainDiffs != null) {
            for (int diff : chainDiffs) {
                put(diff, 8);
            }
        }
        return Arrays.copyOf(out, (position + 7) / 8);
    }

    private void putStructure() {
        DependencyStructure s = structure;
        put(s.templateIdOffset, 6);
        put(s.targets - 1, 5);
        for (int i = 0; i < s.templates; i++) {
            int next = 3;
            if (i + 1 < s.templates) {
                next = s.spatial[i + 1] > s.spatial[i] ? 2 : s.temporal[i + 1] > s.temporal[i] ? 1 : 0;
            }
            put(next, 2);
        }
        for (byte[] each : s.indications) {
            for (byte indication : each) {
                put(indication, 2);
            }
        }
        for (byte[] each : s.references) {
            for (byte reference : each) {
                put(1, 1);
                put(reference - 1, 4);
            }
            put(0, 1);
        }
        putBelow(s.chains, s.targets + 1);
        for (int chain : s.protectedBy) {
            putBelow(chain, s.chains);
        }
        for (byte[] each : s.chainDiffs) {
            for (byte diff : each) {
                put(diff, 4);
            }
        }
        put(s.widths.length > 0 ? 1 : 0, 1);
        for (int i = 0; i < s.widths.length; i++) {
            put(s.widths[i] - 1, 16);
            put(s.heights[i] - 1, 16);
        }
    }

    /** AV1 4.10.7. */
    private void putBelow(int value, int count) {
        int width = 32 - Integer.numberOfLeadingZeros(count);
        int least = (1 << width) - count;
        if (value < least) {
            put(value, width - 1);
        } else {
            put(value + least, width);
        }
    }

    private void put(int value, int count) {
        if (position + count > 8 * out.length) {
            out = Arrays.copyOf(out, 2 * out.length);
        }
        for (int i = count - 1; i >= 0; i--, position++) {
            out[position >> 3] |= (byte) ((value >> i & 1) << (7 - (position & 7)));
        }
    }
}

package dev.yodel.rtp.extension;

import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What one frame of a scalable stream needs, and who needs it, without looking into its bytes (RTP Payload Format For AV1,
 * appendix A): a re-usable view, which keeps nothing of the bytes. The structure that it refers to came with a key
 * frame and is the caller's to keep. Not for sharing between threads.
 */
public final class DependencyDescriptor {
    /** The frame is not needed for a decode target. */
    public static final int NOT_PRESENT = 0;
    /** It is needed, but by no other frame of the target. */
    public static final int DISCARDABLE = 1;
    /** It is needed, and all that follows can be decoded once it is. */
    public static final int SWITCH = 2;
    /** It is needed by later frames of the target. */
    public static final int REQUIRED = 3;

    /** {@code extmap} URI. */
    public static final String URI =
            "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

    /** The least bytes of a descriptor. */
    public static final int MANDATORY = 3;

    private static final int TEMPLATE_IDS = 64;

    private final DescriptorBits bits = new DescriptorBits();
    private final byte[] indications = new byte[DependencyStructure.MAX_TARGETS];
    private final int[] references = new int[DependencyStructure.MAX_REFERENCES];
    private final int[] chainDiffs = new int[DependencyStructure.MAX_TARGETS];
    private boolean frameStart;
    private boolean frameEnd;
    private int frameNumber;
    private @Nullable DependencyStructure attached;
    private long activeTargets;
    private int template;
    private int referenceCount;
    private int spatial;
    private int temporal;
    private int targets;
    private int chains;

    /** A view of nothing. */
    public DependencyDescriptor() {}

    /**
     * Reads the extension's value.
     *
     * @param data borrowed for the call
     * @param offset first byte
     * @param length count of bytes
     * @param latest the structure that came last with {@link #structure}, or null
     * @return false if it is cut short, malformed, or refers to a template that is not there
     */
    public boolean parse(byte[] data, int offset, int length, @Nullable DependencyStructure latest) {
        attached = null;
        activeTargets = -1;
        if (length < MANDATORY) {
            return false;
        }
        bits.wrap(data, offset, length);
        frameStart = bits.flag();
        frameEnd = bits.flag();
        int templateId = bits.take(6);
        frameNumber = bits.take(16);
        boolean customIndications = false;
        boolean customReferences = false;
        boolean customChains = false;
        DependencyStructure structure = latest;
        if (length > MANDATORY) {
            boolean withStructure = bits.flag();
            boolean withActive = bits.flag();
            customIndications = bits.flag();
            customReferences = bits.flag();
            customChains = bits.flag();
            if (withStructure) {
                structure = DependencyStructure.read(bits);
                attached = structure;
                if (structure == null) {
                    return false;
                }
                activeTargets = (1L << structure.targets) - 1;
            }
            if (withActive && structure != null) {
                activeTargets = bits.take(structure.targets) & 0xffff_ffffL;
            }
        }
        if (structure == null) {
            return false;
        }
        template = templateId + TEMPLATE_IDS - structure.templateIdOffset & TEMPLATE_IDS - 1;
        if (template >= structure.templates) {
            attached = null;
            return false;
        }
        return define(structure, customIndications, customReferences, customChains);
    }

    private boolean define(
            DependencyStructure structure, boolean customIndications, boolean customReferences, boolean customChains) {
        spatial = structure.spatial[template];
        temporal = structure.temporal[template];
        targets = structure.targets;
        chains = structure.chains;
        for (int target = 0; target < targets; target++) {
            indications[target] = customIndications ? (byte) bits.take(2) : structure.indications[template][target];
        }
        referenceCount = 0;
        if (customReferences) {
            for (int size = bits.take(2); size != 0; size = bits.take(2)) {
                if (referenceCount == references.length) {
                    attached = null;
                    return false;
                }
                references[referenceCount++] = bits.take(4 * size) + 1;
            }
        } else {
            for (byte reference : structure.references[template]) {
                references[referenceCount++] = reference;
            }
        }
        for (int chain = 0; chain < chains; chain++) {
            chainDiffs[chain] = customChains ? bits.take(8) : structure.chainDiffs[template][chain];
        }
        if (bits.missing()) {
            attached = null;
            return false;
        }
        return true;
    }

    /**
     * Reads a descriptor's frame number and nothing else.
     *
     * @param data borrowed
     * @param offset first byte of the extension's value, of {@link #MANDATORY} bytes at least
     * @return its low 16 bits
     */
    public static int frameNumber(byte[] data, int offset) {
        return Bytes.u16(data, offset + 1);
    }

    /**
     * Writes a descriptor's frame number over an existing one.
     *
     * @param data changed
     * @param offset first byte of the extension's value
     * @param number its low 16 bits
     */
    public static void patchFrameNumber(byte[] data, int offset, int number) {
        Bytes.put16(data, offset + 1, number & 0xffff);
    }

    /**
     * Whether the packet is the first of its frame.
     *
     * @return true if it is
     */
    public boolean frameStart() {
        return frameStart;
    }

    /**
     * Whether the packet is the last of its frame.
     *
     * @return true if it is
     */
    public boolean frameEnd() {
        return frameEnd;
    }

    /**
     * The frame's number; every spatial layer's frame has its own.
     *
     * @return 0 to 65535
     */
    public int frameNumber() {
        return frameNumber;
    }

    /**
     * The structure that came with this packet, for all that follows.
     *
     * @return null if none came
     */
    public @Nullable DependencyStructure structure() {
        return attached;
    }

    /**
     * Which decode targets the sender makes.
     *
     * @return a bit for each, the first one lowest; or -1 if the packet does not say
     */
    public long activeDecodeTargets() {
        return activeTargets;
    }

    /**
     * The frame's spatial layer.
     *
     * @return 0 to 3
     */
    public int spatialLayer() {
        return spatial;
    }

    /**
     * The frame's temporal layer.
     *
     * @return 0 to 7
     */
    public int temporalLayer() {
        return temporal;
    }

    /**
     * What the frame is for a decode target.
     *
     * @param target 0 and more
     * @return {@link #NOT_PRESENT}, {@link #DISCARDABLE}, {@link #SWITCH} or {@link #REQUIRED}
     */
    public int indication(int target) {
        return target < targets ? indications[target] : NOT_PRESENT;
    }

    /**
     * How many frames it refers to.
     *
     * @return 0 for a key frame
     */
    public int references() {
        return referenceCount;
    }

    /**
     * What it refers to.
     *
     * @param index 0 to {@code references() - 1}
     * @return how many frames before it, 1 and more
     */
    public int reference(int index) {
        return references[index];
    }

    /**
     * Count of chains.
     *
     * @return 0 to 32
     */
    public int chains() {
        return chains;
    }

    /**
     * The last frame of a chain.
     *
     * @param chain 0 to {@code chains() - 1}
     * @return how many frames before this one, or 0 if this one begins the chain
     */
    public int chainDiff(int chain) {
        return chainDiffs[chain];
    }

    @Override
    public String toString() {
        return "frame " + frameNumber + " S" + spatial + "T" + temporal + (frameStart ? " start" : "")
                + (frameEnd ? " end" : "");
    }
}

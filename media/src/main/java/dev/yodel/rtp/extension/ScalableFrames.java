package dev.yodel.rtp.extension;

import dev.yodel.rtp.extension.ScalabilityMode.Prediction;
import java.util.Arrays;

/**
 * What does the next frame of a stream that we make refer to, and who needs it? By the rules of a scalability mode: a
 * frame needs the latest one of its spatial layer and of its temporal layer or below, a frame of the highest of
 * several temporal layers is needed by none, and a spatial layer needs the one below as the mode says. It numbers
 * frames and looks at none; {@link FrameDescriptions} writes what it says. Not for sharing between threads.
 */
public final class ScalableFrames {
    private static final long NONE = Long.MIN_VALUE;
    private static final int MAX_REFERENCE = 4_096;
    private static final int MAX_CHAIN = 255;

    private final ScalabilityMode mode;
    private final long[][] lastNumber;
    private final long[][] lastPicture;
    /** The latest frame of each spatial layer's chain. */
    private final long[] chains;

    private long number;
    private long picture;
    private boolean key;
    private int temporal;

    // The frame in hand.
    private int spatial = -1;
    private boolean opens;
    private final int[] references = new int[2];
    private int referenceCount;
    private final int[] chainDiffs;
    private long pictureDifference;
    private boolean interLayer;
    private boolean baseOnly;

    /**
     * Frames of a mode; the first picture must be a key picture.
     *
     * @param mode which layers there are
     * @param firstFrameNumber 0 to 65535
     */
    public ScalableFrames(ScalabilityMode mode, int firstFrameNumber) {
        this.mode = mode;
        this.number = firstFrameNumber - 1L;
        this.lastNumber = new long[mode.spatialLayers()][mode.temporalLayers()];
        this.lastPicture = new long[mode.spatialLayers()][mode.temporalLayers()];
        this.chains = new long[mode.spatialLayers()];
        this.chainDiffs = new int[mode.spatialLayers()];
        forget();
    }

    private void forget() {
        for (int s = 0; s < mode.spatialLayers(); s++) {
            Arrays.fill(lastNumber[s], NONE);
            Arrays.fill(lastPicture[s], NONE);
        }
        Arrays.fill(chains, NONE);
    }

    /**
     * Begins a picture.
     *
     * @param keyPicture whether it refers to none before it
     * @param temporalLayer 0 and more; above those of the mode the highest is meant, and a key picture is of the lowest
     */
    public void beginPicture(boolean keyPicture, int temporalLayer) {
        picture++;
        key = keyPicture;
        temporal = keyPicture ? 0 : Math.max(0, Math.min(temporalLayer, mode.temporalLayers() - 1));
        if (keyPicture) {
            forget();
        }
        spatial = -1;
    }

    /**
     * Begins the next frame of the picture.
     *
     * @param spatialLayer above that of the frame before it; above those of the mode the highest is meant
     */
    public void nextFrame(int spatialLayer) {
        boolean lowest = spatial < 0;
        spatial = Math.max(0, Math.min(spatialLayer, mode.spatialLayers() - 1));
        number++;
        opens = key && lowest;
        referenceCount = 0;
        pictureDifference = 0;
        baseOnly = temporal > 0;
        long before = latest(lastNumber);
        interLayer = !lowest
                && (mode.prediction() == Prediction.FULL
                        || (mode.prediction() == Prediction.KEY && (key || before == NONE)));
        if (interLayer) {
            references[referenceCount++] = 1;
        }
        if (before != NONE) {
            references[referenceCount++] = (int) Math.min(MAX_REFERENCE, number - before);
            pictureDifference = picture - latest(lastPicture);
            baseOnly &= before == lastNumber[spatial][0];
        }
        for (int c = 0; c < chains.length; c++) {
            chainDiffs[c] = chains[c] == NONE ? 0 : (int) Math.min(MAX_CHAIN, number - chains[c]);
        }
        lastNumber[spatial][temporal] = number;
        lastPicture[spatial][temporal] = picture;
        for (int c = spatial; c < chains.length && temporal == 0; c++) {
            chains[c] = c == spatial || isBuiltOn() ? number : chains[c];
        }
    }

    /** The latest of the spatial layer's frames that this one may need. */
    private long latest(long[][] of) {
        int highest = temporal > 0 && !referenced() ? temporal - 1 : temporal;
        long latest = NONE;
        for (int t = 0; t <= highest; t++) {
            latest = Math.max(latest, of[spatial][t]);
        }
        return latest;
    }

    /** Whether higher spatial layers need the frame. */
    private boolean isBuiltOn() {
        return mode.prediction() == Prediction.FULL || (mode.prediction() == Prediction.KEY && key);
    }

    /**
     * What the frame is for a decode target; there is one for each pair of layers, the temporal ones of a spatial
     * layer in a row.
     *
     * @param target 0 and more
     * @return see {@link DependencyDescriptor}
     */
    public int indication(int target) {
        int s = target / mode.temporalLayers();
        int t = target % mode.temporalLayers();
        boolean above = s > spatial;
        if (temporal > t || s < spatial || (above && !isBuiltOn())) {
            return DependencyDescriptor.NOT_PRESENT;
        }
        if (above) {
            return key ? DependencyDescriptor.SWITCH : DependencyDescriptor.REQUIRED;
        }
        return temporal > 0 && temporal == t ? DependencyDescriptor.DISCARDABLE : DependencyDescriptor.SWITCH;
    }

    /**
     * Count of decode targets.
     *
     * @return 1 to 16
     */
    public int decodeTargets() {
        return mode.spatialLayers() * mode.temporalLayers();
    }

    /**
     * The mode.
     *
     * @return as given
     */
    public ScalabilityMode mode() {
        return mode;
    }

    /**
     * The number of the frame in hand.
     *
     * @return 0 to 65535
     */
    public int frameNumber() {
        return (int) number & 0xffff;
    }

    /**
     * The spatial layer of the frame in hand.
     *
     * @return 0 to 3
     */
    public int spatialLayer() {
        return spatial;
    }

    /**
     * The temporal layer of the picture in hand.
     *
     * @return 0 to 3
     */
    public int temporalLayer() {
        return temporal;
    }

    /**
     * Whether the picture in hand refers to none before it.
     *
     * @return true for a key picture
     */
    public boolean keyPicture() {
        return key;
    }

    /**
     * Whether the frame in hand is the first of a key picture.
     *
     * @return true where a receiver can begin
     */
    public boolean opensKeyPicture() {
        return opens;
    }

    /**
     * How many frames it refers to.
     *
     * @return 0 to 2
     */
    public int references() {
        return referenceCount;
    }

    /**
     * What it refers to.
     *
     * @param index 0 to {@code references() - 1}
     * @return how many frames before it, 1 to 4096; growing
     */
    public int reference(int index) {
        return references[index];
    }

    /**
     * The last frame of a spatial layer's chain.
     *
     * @param spatialLayer 0 and more
     * @return how many frames before this one, at most 255; 0 if this one begins the chain
     */
    public int chainDiff(int spatialLayer) {
        return chainDiffs[spatialLayer];
    }

    /**
     * How many pictures before this one lies what the frame refers to in its own spatial layer.
     *
     * @return 1 and more, or 0 if it refers to none
     */
    public long pictureDifference() {
        return pictureDifference;
    }

    /**
     * Whether the frame refers to the one below it in its picture.
     *
     * @return true if it does
     */
    public boolean interLayer() {
        return interLayer;
    }

    /**
     * Whether the frame, of a higher temporal layer, refers to one of the lowest only.
     *
     * @return true if one may begin with the layer here
     */
    public boolean dependsOnBaseOnly() {
        return baseOnly;
    }

    /**
     * Whether later pictures may need the picture in hand.
     *
     * @return false for the highest of several temporal layers
     */
    public boolean referenced() {
        return mode.temporalLayers() == 1 || temporal < mode.temporalLayers() - 1;
    }

    /**
     * Whether the frame in hand is needed by the next higher spatial layer.
     *
     * @return false for the highest one too
     */
    public boolean referencedAbove() {
        return spatial < mode.spatialLayers() - 1 && isBuiltOn();
    }

    @Override
    public String toString() {
        return mode + " frame " + frameNumber() + " S" + spatial + "T" + temporal;
    }
}

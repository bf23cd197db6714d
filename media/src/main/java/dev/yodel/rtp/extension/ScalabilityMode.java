package dev.yodel.rtp.extension;

import org.jspecify.annotations.Nullable;

/**
 * How many layers an encoder makes, and whether the spatial ones build on each other (W3C webrtc-svc 6): {@code
 * L3T3}, {@code L3T3_KEY}, {@code S2T1} and the like. The ratio of the sizes (the {@code h} of {@code L2T1h}) is not
 * part of it, nor is there a shift of the temporal layers ({@code _KEY_SHIFT}). Immutable.
 *
 * @param spatialLayers 1 to 4
 * @param temporalLayers 1 to 4
 * @param prediction what a higher spatial layer needs of the lower one
 */
public record ScalabilityMode(int spatialLayers, int temporalLayers, Prediction prediction) {
    /** What a spatial layer needs of the one below. */
    public enum Prediction {
        /** Every picture. */
        FULL,
        /** Key pictures only. */
        KEY,
        /** Nothing: several streams in one. */
        NONE
    }

    /** One layer: each frame needs the one before it. */
    public static final ScalabilityMode L1T1 = new ScalabilityMode(1, 1, Prediction.FULL);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if there are no or too many layers
     */
    public ScalabilityMode {
        if (spatialLayers < 1 || spatialLayers > DependencyStructure.MAX_SPATIAL) {
            throw new IllegalArgumentException("there are 1 to 4 spatial layers, not " + spatialLayers);
        }
        if (temporalLayers < 1 || temporalLayers > 4) {
            throw new IllegalArgumentException("there are 1 to 4 temporal layers, not " + temporalLayers);
        }
    }

    /**
     * Reads a mode's name.
     *
     * @param name as in webrtc-svc, for example {@code L3T3_KEY}
     * @return null for a name that is none, or a mode that cannot be described here
     */
    public static @Nullable ScalabilityMode parse(String name) {
        boolean key = name.endsWith("_KEY");
        String layers = key ? name.substring(0, name.length() - 4) : name;
        if (layers.endsWith("h")) {
            layers = layers.substring(0, layers.length() - 1);
        }
        if (layers.length() != 4 || layers.charAt(2) != 'T') {
            return null;
        }
        char kind = layers.charAt(0);
        int spatial = layers.charAt(1) - '0';
        int temporal = layers.charAt(3) - '0';
        boolean known = kind == 'L' || (kind == 'S' && !key);
        if (!known || spatial < 1 || spatial > 4 || temporal < 1 || temporal > 4) {
            return null;
        }
        Prediction prediction = kind == 'S' ? Prediction.NONE : key ? Prediction.KEY : Prediction.FULL;
        return new ScalabilityMode(spatial, temporal, prediction);
    }

    /**
     * The temporal layer of a picture in the regular order that encoders keep: 0 1, 0 2 1 2, and so on.
     *
     * @param picture counted from a key picture, 0 and more
     * @return 0 to {@code temporalLayers() - 1}
     */
    public int temporalLayer(long picture) {
        int place = (int) (picture & (1 << (temporalLayers - 1)) - 1);
        return place == 0 ? 0 : temporalLayers - 1 - Integer.numberOfTrailingZeros(place);
    }

    @Override
    public String toString() {
        return (prediction == Prediction.NONE ? "S" : "L") + spatialLayers + "T" + temporalLayers
                + (prediction == Prediction.KEY ? "_KEY" : "");
    }
}

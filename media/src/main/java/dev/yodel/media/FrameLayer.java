package dev.yodel.media;

import dev.yodel.rtp.extension.ScalabilityMode;

/**
 * Where a picture stands among the layers of its encoder. Immutable.
 *
 * @param mode which layers the encoder makes; the same for all pictures from a key picture on
 * @param temporal the picture's temporal layer, 0 for one that others are built on
 */
public record FrameLayer(ScalabilityMode mode, int temporal) {
    /**
     * Checks the layer.
     *
     * @throws IllegalArgumentException if the mode has no such temporal layer
     */
    public FrameLayer {
        if (temporal < 0 || temporal >= mode.temporalLayers()) {
            throw new IllegalArgumentException(mode + " has no temporal layer " + temporal);
        }
    }
}

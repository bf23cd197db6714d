package dev.yodel.media.audio;

/** Between one and two channels. Stateless. */
public final class ChannelMix {
    private ChannelMix() {}

    /**
     * Converts interleaved audio to another channel count: mono goes to both sides, two sides become their mean.
     *
     * @param in samples, read only; must not be {@code out}
     * @param offset first sample
     * @param frames samples of each channel
     * @param from channels given, 1 or 2
     * @param out gets the samples from index 0
     * @param to channels wanted, 1 or 2
     */
    public static void convert(short[] in, int offset, int frames, int from, short[] out, int to) {
        if (from == to) {
            System.arraycopy(in, offset, out, 0, frames * from);
        } else if (from == 1) {
            for (int i = 0; i < frames; i++) {
                out[2 * i] = in[offset + i];
                out[2 * i + 1] = in[offset + i];
            }
        } else {
            for (int i = 0; i < frames; i++) {
                out[i] = (short) ((in[offset + 2 * i] + in[offset + 2 * i + 1]) >> 1);
            }
        }
    }
}

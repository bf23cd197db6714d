package dev.yodel.media.opus;

/** A program for {@link OpusNativesTest}: says which libopus there is, and what is left of a tone after it. */
public final class OpusRoundTrip {
    private static final int FRAMES = 50;

    private OpusRoundTrip() {}

    /**
     * Prints two lines.
     *
     * @param args none
     */
    public static void main(String[] args) {
        System.out.println(Opus.description());
        if (!Opus.isAvailable()) {
            try (OpusDecoder decoder = new OpusDecoder(1)) {
                System.out.println("not refused, decodes at most " + decoder.maxSamples());
            } catch (OpusUnavailableException e) {
                System.out.println("refused: " + e.getMessage());
            }
            return;
        }
        try (OpusEncoder encoder = new OpusEncoder(OpusEncoderOptions.VOICE);
                OpusDecoder decoder = new OpusDecoder(1)) {
            int frame = encoder.frameSamples();
            short[] pcm = new short[frame * FRAMES];
            for (int i = 0; i < pcm.length; i++) {
                pcm[i] = (short) (8000 * Math.sin(2 * Math.PI * 440 * i / 48_000));
            }
            byte[] packet = new byte[encoder.maxFrameBytes()];
            short[] out = new short[decoder.maxSamples()];
            double sent = 0;
            double heard = 0;
            for (int i = 0; i < FRAMES; i++) {
                int length = encoder.encode(pcm, i * frame, packet, 0);
                int samples = decoder.decode(packet, 0, length, out);
                for (int k = 0; k < samples && i >= FRAMES / 2; k++) {
                    sent += (double) pcm[i * frame + k] * pcm[i * frame + k];
                    heard += (double) out[k] * out[k];
                }
            }
            System.out.println("energy " + heard / sent);
        }
    }
}

package dev.yodel.examples.audio;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Mono audio together with when it was spoken or heard. Beside the WAV file lies a JSON file of the same name with
 * {@code anchors}: pairs of a sample's number and its moment on the {@link SharedClock}. It keeps at most ten minutes.
 *
 * @param clip the samples
 * @param anchors pairs in rising order
 * @param concealed stretches of samples that were invented in place of lost ones
 */
public record Recording(Clip clip, List<Anchor> anchors, List<Stretch> concealed) {
    /**
     * When one sample sounded.
     *
     * @param sample its number from 0
     * @param micros on the shared clock
     */
    public record Anchor(long sample, long micros) {}

    /**
     * Some samples.
     *
     * @param fromSample the first
     * @param toSample the one after the last
     */
    public record Stretch(long fromSample, long toSample) {}

    private record Sidecar(int sampleRateHz, List<Anchor> anchors, List<Stretch> concealed) {}

    /**
     * A recording.
     *
     * @param clip the samples
     * @param anchors pairs in rising order
     * @param concealed stretches of samples that were invented in place of lost ones
     */
    public Recording {
        anchors = List.copyOf(anchors);
        concealed = List.copyOf(concealed);
    }

    /** Collects a recording while it sounds. May be used from any thread. */
    public static final class Collector {
        private final int sampleRateHz;
        private final List<Anchor> anchors = new ArrayList<>();
        private final List<Stretch> concealed = new ArrayList<>();
        private short[] samples;
        private int length;

        /**
         * An empty recording.
         *
         * @param sampleRateHz samples per second of all that will be added
         */
        public Collector(int sampleRateHz) {
            this.sampleRateHz = sampleRateHz;
            this.samples = new short[sampleRateHz * 16];
        }

        /**
         * Adds a piece. What would make the recording longer than ten minutes is left out.
         *
         * @param piece one or two channels, of which the mean is kept; not changed
         * @param channels 1 or 2
         * @param micros when its first sample sounded, on the shared clock
         * @param invented whether it stands in place of something lost
         */
        public synchronized void add(short[] piece, int channels, long micros, boolean invented) {
            final int count = piece.length / channels;
            if (count == 0 || length + count > Clip.MAX_SAMPLES) {
                return;
            }
            if (length + count > samples.length) {
                samples = Arrays.copyOf(samples, Math.max(samples.length * 2, length + count));
            }
            for (int i = 0; i < count; i++) {
                samples[length + i] = channels == 1 ? piece[i] : (short) ((piece[2 * i] + piece[2 * i + 1]) / 2);
            }
            anchors.add(new Anchor(length, micros));
            if (invented) {
                final int last = concealed.size() - 1;
                if (last >= 0 && concealed.get(last).toSample() == length) {
                    concealed.set(last, new Stretch(concealed.get(last).fromSample(), length + count));
                } else {
                    concealed.add(new Stretch(length, length + count));
                }
            }
            length += count;
        }

        /**
         * What was collected so far.
         *
         * @return a copy
         */
        public synchronized Recording recording() {
            return new Recording(new Clip(sampleRateHz, Arrays.copyOf(samples, length)), anchors, concealed);
        }
    }

    /**
     * The moment of a sample by the anchors around it: half a second of anchors each way is taken, and of what they say
     * the median, so that one late thread does not count.
     *
     * @param sample a sample's number
     * @return microseconds on the shared clock
     * @throws IllegalStateException if nothing was recorded
     */
    public double microsOf(double sample) {
        if (anchors.isEmpty()) {
            throw new IllegalStateException("an empty recording has no times");
        }
        final double microsPerSample = 1e6 / clip.sampleRateHz();
        final double reach = clip.sampleRateHz() / 2.0;
        final int middle = lastBefore(sample);
        int from = middle;
        while (from > 0 && sample - anchors.get(from - 1).sample() <= reach) {
            from--;
        }
        int to = middle;
        while (to < anchors.size() - 1 && anchors.get(to + 1).sample() - sample <= reach) {
            to++;
        }
        final double[] starts = new double[to - from + 1];
        for (int i = from; i <= to; i++) {
            starts[i - from] = anchors.get(i).micros() - anchors.get(i).sample() * microsPerSample;
        }
        Arrays.sort(starts);
        return starts[starts.length / 2] + sample * microsPerSample;
    }

    private int lastBefore(double sample) {
        int low = 0;
        int high = anchors.size() - 1;
        while (low < high) {
            final int middle = (low + high + 1) >>> 1;
            if (anchors.get(middle).sample() <= sample) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /**
     * Writes the WAV file and, beside it, the JSON file with the times.
     *
     * @param wav a name that ends in {@code .wav}
     * @throws IOException if they cannot be written
     */
    public void write(Path wav) throws IOException {
        clip.writeWav(wav);
        Files.writeString(sidecar(wav), new Gson().toJson(new Sidecar(clip.sampleRateHz(), anchors, concealed)) + "\n");
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param wav the WAV file
     * @return the recording
     * @throws IOException if one of the two files is missing or damaged
     */
    public static Recording read(Path wav) throws IOException {
        try {
            final Sidecar sidecar = new Gson().fromJson(Files.readString(sidecar(wav)), Sidecar.class);
            if (sidecar == null || sidecar.anchors() == null || sidecar.concealed() == null) {
                throw new IOException(sidecar(wav) + " is incomplete");
            }
            return new Recording(Clip.readWav(wav), sidecar.anchors(), sidecar.concealed());
        } catch (JsonParseException e) {
            throw new IOException(sidecar(wav) + " is damaged", e);
        }
    }

    private static Path sidecar(Path wav) {
        final String name = wav.getFileName().toString();
        final String stem = name.endsWith(".wav") ? name.substring(0, name.length() - 4) : name;
        return wav.resolveSibling(stem + ".json");
    }
}

package dev.yodel.examples.rooms;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is speaking? After I. Volfin and I. Cohen, "Dominant speaker identification for multipoint videoconferencing"
 * (2013): from the loudness of 20 ms pieces (RFC 6464) it judges how likely each person has been speaking over three
 * lengths of time - a syllable, a word, a sentence - and lets somebody take the floor only if they win over the present
 * speaker in all three. A cough or a door does not. A core: one thread, time as an argument.
 */
final class SpeakerDetection {
    /** How often the floor can change. */
    static final long DECIDE_NANOS = 300_000_000L;

    /** Who said nothing for so long is silent, whatever was before. */
    private static final long SILENT_NANOS = 500_000_000L;

    /** Loudness is cut into so many steps above the person's own noise. */
    private static final int STEPS = 13;

    private static final int WORD = 5;
    private static final int SENTENCE = 10;
    /** Of the steps, the fewest that count as a piece of a word, and of words as one of a sentence. */
    private static final int WORD_STEPS = 7;

    private static final int SENTENCE_WORDS = 4;
    private static final double SYLLABLE_WINS = 3;
    private static final double WORD_WINS = 2;
    private static final double SENTENCE_WINS = 0;
    private static final double LEAST = 1e-10;
    /** Below this nobody speaks, however quiet the room is: -60 dBov. */
    private static final int FLOOR = 67;

    private static final class Voice {
        private final int[] loud = new int[WORD * SENTENCE];
        private int next;
        private double noise = FLOOR;
        private long heardNanos = Long.MIN_VALUE / 2;
        private double syllable = LEAST;
        private double word = LEAST;
        private double sentence = LEAST;

        void handle(int level, long now) {
            final int loudness = 127 - level;
            heardNanos = now;
            // The noise is what is heard when nobody speaks: it follows downwards at once, upwards slowly.
            noise = Math.max(FLOOR, loudness < noise ? loudness : noise + (loudness - noise) * 0.002);
            final double above = Math.max(0, loudness - noise);
            loud[next] = (int) Math.min(STEPS, above * STEPS / Math.max(1, 127 - noise) * 2);
            next = (next + 1) % loud.length;
        }

        void judge(long now) {
            if (now - heardNanos > SILENT_NANOS) {
                java.util.Arrays.fill(loud, 0);
            }
            syllable = score(loud[Math.floorMod(next - 1, loud.length)], STEPS, 0.5, 0.78);
            int words = 0;
            int latest = 0;
            for (int i = 0; i < SENTENCE; i++) {
                int active = 0;
                for (int j = 0; j < WORD; j++) {
                    final int step = loud[Math.floorMod(next - 1 - i * WORD - j, loud.length)];
                    active += step >= WORD_STEPS ? 1 : 0;
                }
                words += active >= SENTENCE_WORDS ? 1 : 0;
                if (i == 0) {
                    latest = active;
                }
            }
            word = score(latest, WORD, 0.5, 24);
            sentence = score(words, SENTENCE, 0.5, 47);
        }

        /** How likely so many active pieces are speech rather than noise; the logarithm of a ratio, never below LEAST. */
        private static double score(int active, int of, double p, double lambda) {
            final double speech = logBinomial(of, active) + active * Math.log(p) + (of - active) * Math.log(1 - p);
            final double noise = Math.log(lambda) - lambda * active;
            return Math.max(LEAST, speech - noise);
        }

        private static double logBinomial(int n, int k) {
            double sum = 0;
            for (int i = 1; i <= k; i++) {
                sum += Math.log((double) (n - k + i) / i);
            }
            return sum;
        }
    }

    private final Map<String, Voice> voices = new HashMap<>();
    private @Nullable String dominant;
    private long decidedNanos = Long.MIN_VALUE / 2;

    /**
     * A piece of sound came.
     *
     * @param person whose
     * @param level -dBov, 0 (loudest) to 127
     * @param now the time
     */
    void handleLevel(String person, int level, long now) {
        voices.computeIfAbsent(person, id -> new Voice()).handle(level, now);
    }

    /** Somebody left. */
    void remove(String person) {
        voices.remove(person);
        if (person.equals(dominant)) {
            dominant = null;
        }
    }

    /**
     * The speaker.
     *
     * @return null until somebody speaks; who spoke last keeps the floor in silence
     */
    @Nullable
    String dominant() {
        return dominant;
    }

    /**
     * Decides, if it is time to.
     *
     * @param now the time
     * @return whether the floor went to somebody else
     */
    boolean decide(long now) {
        if (now - decidedNanos < DECIDE_NANOS) {
            return false;
        }
        decidedNanos = now;
        voices.values().forEach(voice -> voice.judge(now));
        final Voice present = dominant == null ? null : voices.get(dominant);
        String best = null;
        double bestWord = 0;
        for (final Map.Entry<String, Voice> entry : voices.entrySet()) {
            final Voice voice = entry.getValue();
            if (voice == present) {
                continue;
            }
            final double over = Math.log(voice.word / (present == null ? LEAST : present.word));
            if (wins(voice, present) && (best == null || over > bestWord)) {
                best = entry.getKey();
                bestWord = over;
            }
        }
        if (best == null) {
            return false;
        }
        dominant = best;
        return true;
    }

    private static boolean wins(Voice voice, @Nullable Voice present) {
        final double syllable = present == null ? LEAST : present.syllable;
        final double word = present == null ? LEAST : present.word;
        final double sentence = present == null ? LEAST : present.sentence;
        return voice.word > LEAST
                && Math.log(voice.syllable / syllable) > SYLLABLE_WINS
                && Math.log(voice.word / word) > WORD_WINS
                && Math.log(voice.sentence / sentence) > SENTENCE_WINS;
    }
}

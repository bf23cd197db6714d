package dev.yodel.benchmarks.media;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Speech through Opus over 20 ms of delay, up to 50 ms more of it at random and 0, 5, 10, 20 and 30 % loss, on real
 * sockets: what share of the sound is invented, how late it is heard and how like the speech it is, with and without
 * in-band FEC and redundancy, by us and by libwebrtc over the same losses and delays. Each call runs in a process of
 * its own. Arguments: seconds of speech (default 20), then the losses in percent (default all).
 */
public final class SpeechUnderLoss {
    private static final int DELAY_MILLIS = 20;
    private static final int JITTER_MILLIS = 50;
    private static final int WARM_UP_SECONDS = 4;
    private static final long SEED = 6;

    private SpeechUnderLoss() {}

    /**
     * Runs and prints.
     *
     * @param args see above
     * @throws Exception if a call fails
     */
    public static void main(String[] args) throws Exception {
        if (args.length == 4 && !Character.isDigit(args[0].charAt(0))) {
            call(args[0], Double.parseDouble(args[1]) / 100, Voice.Repair.valueOf(args[2]), Integer.parseInt(args[3]));
            System.out.flush();
            // libwebrtc's threads do not end by themselves.
            Runtime.getRuntime().halt(0);
        }
        String seconds = args.length > 0 ? args[0] : "20";
        List<String> losses =
                args.length > 1 ? List.of(args).subList(1, args.length) : List.of("0", "5", "10", "20", "30");
        for (String loss : losses) {
            for (Voice.Repair repair : Voice.Repair.values()) {
                for (String stack : List.of("yodel", "libwebrtc")) {
                    System.out.println(OwnProcess.run(SpeechUnderLoss.class, stack, loss, repair.name(), seconds));
                }
            }
        }
    }

    private static void call(String stack, double loss, Voice.Repair repair, int seconds) throws Exception {
        short[] said = Speech.say(WARM_UP_SECONDS + seconds);
        List<Speech.Chunk> heard = new ArrayList<>();
        try (BadPath path = new BadPath(loss, DELAY_MILLIS, JITTER_MILLIS, SEED);
                Voice voice = stack.equals("yodel") ? new YodelVoice() : new LibwebrtcVoice()) {
            voice.connect(path, repair, samples -> {
                synchronized (heard) {
                    heard.add(new Speech.Chunk(System.nanoTime(), samples));
                }
            });
            long start = System.nanoTime();
            Voice.Played before = new Voice.Played(0, 0);
            for (int at = 0; at < said.length; at += Speech.CHUNK) {
                long due = start + at * 1_000_000_000L / Speech.RATE;
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                voice.say(said, at);
                if (at == WARM_UP_SECONDS * Speech.RATE) {
                    before = voice.played();
                }
            }
            Voice.Played after = voice.played();
            TimeUnit.SECONDS.sleep(1);
            List<Speech.Chunk> all;
            synchronized (heard) {
                all = List.copyOf(heard);
            }
            Speech.Likeness likeness = Speech.compare(said, start, all, WARM_UP_SECONDS);
            System.out.printf(
                    Locale.ROOT,
                    "%-9s %4.0f %% loss, %-4s: %5.1f %% concealed, %4.0f ms from saying to hearing, similarity %.3f (%d packets lost; %s)%n",
                    stack,
                    loss * 100,
                    repair,
                    100 * (after.concealed() - before.concealed()) / Math.max(1, after.total() - before.total()),
                    likeness.delayMillis(),
                    likeness.similarity(),
                    path.lost(),
                    path.punctuality());
        }
    }
}

package dev.yodel.benchmarks.media;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Pictures at 100 ms of round trip and 0, 1, 5 and 10 % loss of what goes forth, on real sockets: the share of frames
 * that are there within 400 ms of their capture, and the rate, by us (encoded frames, as {@code onFrame} hands them
 * over) and by libwebrtc (VP8, encoded, decoded and shown) over the same losses. Each call runs in a process of its
 * own. Arguments: seconds (default 40, the first ten are not counted), then the losses in percent (default all).
 * Everything happens in real time, so a busy machine makes frames late: a run in which that shows says so. What does
 * not depend on the machine is shown in virtual time by {@code SimulatedPlayoutTest}.
 */
public final class PicturesUnderLoss {
    static final int FPS = 30;

    private static final int DELAY_MILLIS = 50;
    private static final int WARM_UP_SECONDS = 10;
    private static final long IN_TIME_NANOS = 400_000_000L;
    private static final long SEED = 6;

    private PicturesUnderLoss() {}

    /**
     * Runs and prints.
     *
     * @param args see above
     * @throws Exception if a call fails
     */
    public static void main(String[] args) throws Exception {
        if (args.length == 3 && !Character.isDigit(args[0].charAt(0))) {
            call(args[0], Double.parseDouble(args[1]) / 100, Integer.parseInt(args[2]));
            System.out.flush();
            // libwebrtc's threads do not end by themselves.
            Runtime.getRuntime().halt(0);
        }
        String seconds = args.length > 0 ? args[0] : "40";
        List<String> losses = args.length > 1 ? List.of(args).subList(1, args.length) : List.of("0", "1", "5", "10");
        for (String loss : losses) {
            for (String stack : List.of("yodel", "libwebrtc")) {
                System.out.println(OwnProcess.run(PicturesUnderLoss.class, stack, loss, seconds));
            }
        }
    }

    private static void call(String stack, double loss, int seconds) throws Exception {
        Map<Integer, Long> shown = new ConcurrentHashMap<>();
        int frames = seconds * FPS;
        long[] captured = new long[frames];
        try (BadPath path = new BadPath(loss, DELAY_MILLIS, 0, SEED);
                Picture picture = stack.equals("yodel") ? new YodelPicture() : new LibwebrtcPicture()) {
            picture.connect(path, number -> shown.putIfAbsent(number, System.nanoTime()));
            long start = System.nanoTime();
            double before = 0;
            for (int i = 0; i < frames; i++) {
                long due = start + i * 1_000_000_000L / FPS;
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                captured[i] = System.nanoTime();
                picture.capture(i);
                if (i == WARM_UP_SECONDS * FPS) {
                    before = picture.sentBytes();
                }
            }
            double sent = picture.sentBytes() - before;
            TimeUnit.SECONDS.sleep(2);
            int inTime = 0;
            int never = 0;
            for (int i = WARM_UP_SECONDS * FPS; i < frames; i++) {
                Long at = shown.get(i);
                never += at == null ? 1 : 0;
                inTime += at != null && at - captured[i] <= IN_TIME_NANOS ? 1 : 0;
            }
            double counted = frames - WARM_UP_SECONDS * FPS;
            System.out.printf(
                    Locale.ROOT,
                    "%-9s %4.0f %% loss: %6.2f %% of frames within 400 ms, %5.2f %% never, %5.0f kbit/s (%d packets lost; %s)%n",
                    stack,
                    loss * 100,
                    100 * inTime / counted,
                    100 * never / counted,
                    sent * 8 / 1000 / (seconds - WARM_UP_SECONDS),
                    path.lost(),
                    path.punctuality());
        }
    }
}

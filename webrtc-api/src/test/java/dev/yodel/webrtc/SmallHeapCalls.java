package dev.yodel.webrtc;

import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Fifty connections, in pairs that send each other sound and pictures over losses; run with a small heap by {@link
 * SmallHeapTest}.
 */
final class SmallHeapCalls {
    private static final int PAIRS = 25;
    private static final int SECONDS = 8;
    private static final int FPS = 15;

    private SmallHeapCalls() {}

    /**
     * Calls, and says how many frames came.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        List<SimulatedPair> pairs = new ArrayList<>();
        long[] heard = new long[PAIRS];
        long[] seen = new long[PAIRS];
        for (int i = 0; i < PAIRS; i++) {
            int call = i;
            SimulatedPair pair = new SimulatedPair(i);
            pairs.add(pair);
            EncodedTrack voice = EncodedTrack.opus("a");
            EncodedTrack picture = EncodedTrack.vp8("v");
            pair.a.addTrack(voice);
            pair.a.addTrack(picture);
            pair.b.onTrack(event -> {
                long[] count = event.track().kind() == MediaKind.AUDIO ? heard : seen;
                event.track().onFrame(frame -> count[call]++);
            });
            pair.connect();
            pair.hostA.uplink().delay(Duration.ofMillis(20)).loss(0.02);
            for (int n = 0; n < SECONDS * 50; n++) {
                pair.simulator.schedule(
                        Duration.ofMillis(20L * n),
                        () -> voice.write(EncodedFrame.ofDuration(new byte[80], 20 * Time.MILLISECOND)));
            }
            for (int n = 0; n < SECONDS * FPS; n++) {
                int number = n;
                pair.simulator.schedule(Duration.ofNanos(Time.SECOND * n / FPS), () -> {
                    byte[] data = new byte[number % 60 == 0 ? 12_000 : 3_000];
                    data[0] = (byte) (number % 60 == 0 ? 0x10 : 0x11);
                    picture.write(EncodedFrame.ofTimestamp(data, 90_000L * number / FPS)
                            .withKeyFrame(number % 60 == 0));
                });
            }
        }
        // All of them hold what a call of some seconds holds at the same time.
        for (int second = 0; second <= SECONDS; second++) {
            for (SimulatedPair pair : pairs) {
                pair.simulator.run(Duration.ofSeconds(1));
            }
        }
        long sounds = 0;
        long pictures = 0;
        for (int i = 0; i < PAIRS; i++) {
            sounds += heard[i];
            pictures += seen[i];
        }
        System.out.println("sounds " + sounds + " of " + PAIRS * SECONDS * 50);
        System.out.println("pictures " + pictures + " of " + PAIRS * SECONDS * FPS);
        for (SimulatedPair pair : pairs) {
            pair.close();
        }
    }
}

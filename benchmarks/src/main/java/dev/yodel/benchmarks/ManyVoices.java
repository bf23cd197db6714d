package dev.yodel.benchmarks;

import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.opus.Opus;
import dev.yodel.webrtc.AudioTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Stats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * How many calls with encoding and decoding, both ends in this JVM: real audio through Opus, the network and the jitter
 * buffer. A count of calls passes when no packet is lost and less than one sample in a thousand had to be invented.
 * Arguments: seconds for each count (default 10), then the counts to try (default 10, 20, 30, ... until one fails).
 */
public final class ManyVoices {
    private static final int RATE = 48_000;
    private static final int FRAME = RATE / 50;
    private static final long FRAME_NANOS = 20_000_000L;
    private static final double INVENTED_LIMIT = 0.001;

    private record Call(PeerConnection a, PeerConnection b, AudioTrack voiceA, AudioTrack voiceB) {}

    private ManyVoices() {}

    /**
     * Runs and prints.
     *
     * @param args seconds, counts
     * @throws Exception if a connection fails
     */
    public static void main(String[] args) throws Exception {
        System.out.println(Opus.description());
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        if (args.length > 1) {
            for (int i = 1; i < args.length; i++) {
                run(Integer.parseInt(args[i]), seconds);
            }
            return;
        }
        int calls = 10;
        while (run(calls, seconds)) {
            calls += 10;
        }
    }

    private static boolean run(int count, int seconds) throws Exception {
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            List<Call> calls = new ArrayList<>();
            List<CompletableFuture<Void>> connected = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                connected.add(open(factory, calls));
            }
            CompletableFuture.allOf(connected.toArray(new CompletableFuture<?>[0]))
                    .get(60, TimeUnit.SECONDS);
            talk(calls, 2);
            double[] before = totals(calls);
            ProcessCost cost = new ProcessCost();
            talk(calls, seconds);
            String cpu = cost.cpu();
            double[] after = totals(calls);
            double lost = after[0] - before[0];
            double invented = (after[1] - before[1]) / Math.max(1, after[2] - before[2]);
            boolean passed = lost == 0 && invented < INVENTED_LIMIT;
            System.out.printf(
                    Locale.ROOT,
                    "%d calls with codecs: %.0f packets lost, %.3f %% of the samples invented; CPU %s; threads %s: %s%n",
                    count,
                    lost,
                    100 * invented,
                    cpu,
                    ProcessCost.threads(),
                    passed ? "passed" : "too many");
            return passed;
        }
    }

    private static CompletableFuture<Void> open(PeerConnectionFactory factory, List<Call> calls) {
        PeerConnection a = factory.newPeerConnection();
        PeerConnection b = factory.newPeerConnection();
        Call call = new Call(a, b, AudioTrack.opus("a"), AudioTrack.opus("b"));
        calls.add(call);
        a.addTrack(call.voiceA());
        b.addTrack(call.voiceB());
        a.onIceCandidate(event -> b.addIceCandidate(event.candidate()));
        b.onIceCandidate(event -> a.addIceCandidate(event.candidate()));
        a.onTrack(event -> event.track().onPcm(frame -> {}));
        b.onTrack(event -> event.track().onPcm(frame -> {}));
        CompletableFuture<Void> connected = CompletableFuture.allOf(a.connected(), b.connected());
        a.setLocalDescription()
                .thenCompose(b::setRemoteDescription)
                .thenCompose(done -> b.setLocalDescription())
                .thenCompose(a::setRemoteDescription)
                .exceptionally(error -> {
                    connected.completeExceptionally(error);
                    return null;
                });
        return connected;
    }

    /** A gliding tone with noise, in real time. */
    private static void talk(List<Call> calls, int seconds) throws InterruptedException {
        Random random = new Random(1);
        double phase = 0;
        long next = System.nanoTime();
        for (int frame = 0; frame < seconds * 50; frame++) {
            short[] pcm = new short[FRAME];
            for (int i = 0; i < FRAME; i++) {
                phase += 2 * Math.PI * (140 + 40 * Math.sin(frame / 10.0)) / RATE;
                pcm[i] = (short) (6000 * (Math.sin(phase) + Math.sin(3 * phase) / 3) + 300 * random.nextGaussian());
            }
            for (Call call : calls) {
                call.voiceA().write(new PcmFrame(pcm.clone(), RATE, 1, false));
                call.voiceB().write(new PcmFrame(pcm.clone(), RATE, 1, false));
            }
            next += FRAME_NANOS;
            long wait = next - System.nanoTime();
            if (wait > 0) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
        }
    }

    /** Packets lost, samples invented, samples in all. */
    private static double[] totals(List<Call> calls) throws Exception {
        double[] sums = new double[3];
        for (Call call : calls) {
            for (PeerConnection end : List.of(call.a(), call.b())) {
                for (Stats stats : end.getStats().get(10, TimeUnit.SECONDS).ofType("inbound-rtp")) {
                    sums[0] += number(stats, "packetsLost");
                    sums[1] += number(stats, "concealedSamples");
                    sums[2] += number(stats, "totalSamplesReceived");
                }
            }
        }
        return sums;
    }

    private static double number(Stats stats, String key) {
        Double value = stats.number(key);
        return value == null ? 0 : value;
    }
}

package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Time;
import dev.yodel.rtp.extension.VideoLayersAllocation;
import dev.yodel.rtp.payload.Packetizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which simulcast and scalable layers does one sender make now, and at which rates (video-layers-allocation)? The
 * rates are measured over a second, since encoders are elsewhere. It is told with key pictures, and at most once a
 * second where a layer came or went, or a rate changed by a quarter. Loop thread only.
 */
final class MadeLayers {
    private static final int STREAMS = 4;
    private static final int LAYERS = 4;
    private static final long SECOND = Time.SECOND;

    /** One stream's layers, measured and told. */
    private static final class Stream {
        private final long[][] bytes = new long[LAYERS][LAYERS];
        private final long[][] kbps = new long[LAYERS][LAYERS];
        private final int[] widths = new int[LAYERS];
        private final int[] heights = new int[LAYERS];
        private int pictures;
        private int framesPerSecond;
        private long sinceNanos = Time.NEVER;
        private long lastNanos = Time.NEVER;
        private @Nullable VideoLayersAllocation told;
        private long toldNanos;
    }

    private final Stream[] streams = {new Stream(), new Stream(), new Stream(), new Stream()};

    /** A picture begins. */
    void picture(int stream, Packetizer cut, long now) {
        if (stream >= STREAMS) {
            return;
        }
        Stream made = streams[stream];
        for (int s = 0; s < LAYERS; s++) {
            made.widths[s] = cut.width(s);
            made.heights[s] = cut.height(s);
        }
        if (made.sinceNanos == Time.NEVER || now - made.lastNanos > 2 * SECOND) {
            forget(made, now);
        }
        long passed = now - made.sinceNanos;
        if (passed >= SECOND) {
            for (int s = 0; s < LAYERS; s++) {
                for (int t = 0; t < LAYERS; t++) {
                    made.kbps[s][t] = Math.round(made.bytes[s][t] * 8e6 / passed);
                    made.bytes[s][t] = 0;
                }
            }
            made.framesPerSecond = (int) Math.min(255, Math.round((double) made.pictures * SECOND / passed));
            made.pictures = 0;
            made.sinceNanos = now;
        }
        made.pictures++;
        made.lastNanos = now;
    }

    private static void forget(Stream made, long now) {
        for (int s = 0; s < LAYERS; s++) {
            Arrays.fill(made.bytes[s], 0);
            Arrays.fill(made.kbps[s], 0);
        }
        made.pictures = 0;
        made.framesPerSecond = 0;
        made.sinceNanos = now;
    }

    void payload(int stream, int spatial, int temporal, int bytes) {
        if (stream < STREAMS) {
            streams[stream].bytes[spatial][temporal] += bytes;
        }
    }

    /** What to say in the next packet of a stream, or null. */
    @Nullable
    VideoLayersAllocation due(int stream, boolean keyPicture, long now) {
        if (stream >= STREAMS) {
            return null;
        }
        Stream made = streams[stream];
        VideoLayersAllocation before = made.told;
        if (!keyPicture && before != null && now - made.toldNanos < SECOND) {
            return null;
        }
        VideoLayersAllocation current = allocation(stream, now);
        if (current.layers().isEmpty() || (!keyPicture && before != null && alike(before, current))) {
            return null;
        }
        made.told = current;
        made.toldNanos = now;
        return current;
    }

    private VideoLayersAllocation allocation(int index, long now) {
        List<VideoLayersAllocation.Layer> layers = new ArrayList<>();
        for (int stream = 0; stream < STREAMS; stream++) {
            Stream made = streams[stream];
            if (made.lastNanos == Time.NEVER || now - made.lastNanos > SECOND) {
                continue;
            }
            for (int s = 0; s < LAYERS; s++) {
                List<Long> kbps = sums(made.kbps[s]);
                if (!kbps.isEmpty()) {
                    layers.add(new VideoLayersAllocation.Layer(
                            stream, s, kbps, made.widths[s], made.heights[s], made.framesPerSecond));
                }
            }
        }
        return new VideoLayersAllocation(index, layers);
    }

    /** Of each temporal layer with those below it; none if the layer is not made. */
    private static List<Long> sums(long[] kbps) {
        int highest = -1;
        for (int t = 0; t < LAYERS; t++) {
            highest = kbps[t] > 0 ? t : highest;
        }
        List<Long> sums = new ArrayList<>(highest + 1);
        long sum = 0;
        for (int t = 0; t <= highest; t++) {
            sum += kbps[t];
            sums.add(sum);
        }
        return sums;
    }

    private static boolean alike(VideoLayersAllocation one, VideoLayersAllocation other) {
        if (one.layers().size() != other.layers().size()) {
            return false;
        }
        boolean alike = true;
        for (int i = 0; i < one.layers().size(); i++) {
            VideoLayersAllocation.Layer a = one.layers().get(i);
            VideoLayersAllocation.Layer b = other.layers().get(i);
            alike &= a.stream() == b.stream()
                    && a.spatial() == b.spatial()
                    && a.kbps().size() == b.kbps().size()
                    && a.width() == b.width()
                    && a.height() == b.height();
            if (alike) {
                long rate = a.kbps().get(a.kbps().size() - 1);
                alike = Math.abs(rate - b.kbps().get(b.kbps().size() - 1)) * 4 <= rate;
            }
        }
        return alike;
    }
}

package dev.yodel.rtp.extension;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which simulcast and scalable layers a sender makes now, and at which bit rates
 * ({@code http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00}), so that who forwards them need
 * not measure. Immutable.
 *
 * @param streamIndex the simulcast stream whose packet says this, 0 to 3
 * @param layers the active layers, ordered by stream and then by spatial layer; at most 16
 */
public record VideoLayersAllocation(int streamIndex, List<Layer> layers) {
    private static final int MAX_STREAMS = 4;
    private static final int MAX_SPATIAL = 4;
    private static final int MAX_TEMPORAL = 4;
    private static final int RESOLUTION = 5;
    private static final long MAX_KBPS = 100_000_000;

    /**
     * One spatial layer of one simulcast stream.
     *
     * @param stream 0 to 3, in the order of the rids
     * @param spatial 0 to 3
     * @param kbps target bit rates in kilobits per second, one for each temporal layer together with those below it; 1 to 4
     * @param width of the picture, or 0 if not told
     * @param height of the picture, or 0 if not told
     * @param framesPerSecond at most, or 0 if not told
     */
    public record Layer(int stream, int spatial, List<Long> kbps, int width, int height, int framesPerSecond) {
        /**
         * Checks and copies.
         *
         * @throws IllegalArgumentException if a number is out of its range
         */
        public Layer {
            kbps = List.copyOf(kbps);
            boolean fits = stream >= 0
                    && stream < MAX_STREAMS
                    && spatial >= 0
                    && spatial < MAX_SPATIAL
                    && !kbps.isEmpty()
                    && kbps.size() <= MAX_TEMPORAL
                    && kbps.stream().allMatch(rate -> rate >= 0 && rate <= MAX_KBPS)
                    && width >= 0
                    && width <= 65_536
                    && height >= 0
                    && height <= 65_536
                    && framesPerSecond >= 0
                    && framesPerSecond <= 255;
            if (!fits) {
                throw new IllegalArgumentException("no layer that can be told: stream " + stream + ", spatial "
                        + spatial + ", " + kbps + ", " + width + "x" + height);
            }
        }
    }

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if the stream is out of range, or the layers are not in order
     */
    public VideoLayersAllocation {
        layers = List.copyOf(layers);
        if (streamIndex < 0 || streamIndex >= MAX_STREAMS) {
            throw new IllegalArgumentException("a stream is 0 to 3, was " + streamIndex);
        }
        for (int i = 1; i < layers.size(); i++) {
            if (order(layers.get(i)) <= order(layers.get(i - 1))) {
                throw new IllegalArgumentException("layers are ordered by stream and spatial layer: " + layers);
            }
        }
    }

    private static int order(Layer layer) {
        return MAX_SPATIAL * layer.stream() + layer.spatial();
    }

    /**
     * Reads the extension's value.
     *
     * @param data borrowed
     * @param offset first byte
     * @param length count of bytes
     * @return null if it is cut short, or says more than it may
     */
    public static @Nullable VideoLayersAllocation parse(byte[] data, int offset, int length) {
        int end = offset + length;
        int at = offset;
        if (length < 1) {
            return null;
        }
        int first = Bytes.u8(data, at++);
        int streams = (first >> 4 & 3) + 1;
        int shared = first & 15;
        if (length == 1) {
            return first == 0 ? new VideoLayersAllocation(0, List.of()) : null;
        }
        int[] masks = new int[streams];
        Arrays.fill(masks, shared);
        if (shared == 0) {
            if (end - at < (streams + 1) / 2) {
                return null;
            }
            for (int i = 0; i < streams; i++) {
                int pair = Bytes.u8(data, at + i / 2);
                masks[i] = i % 2 == 0 ? pair >> 4 : pair & 15;
            }
            at += (streams + 1) / 2;
        }
        int count = 0;
        for (int mask : masks) {
            count += Integer.bitCount(mask);
        }
        int temporalAt = at;
        at += (count + 3) / 4;
        if (at > end) {
            return null;
        }
        List<List<Long>> rates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int temporal = (Bytes.u8(data, temporalAt + i / 4) >> (6 - 2 * (i % 4)) & 3) + 1;
            List<Long> kbps = new ArrayList<>(temporal);
            for (int t = 0; t < temporal; t++) {
                long value = 0;
                int shift = 0;
                boolean more = true;
                while (more) {
                    if (at >= end || shift > 28) {
                        return null;
                    }
                    int next = data[at++];
                    value |= (long) (next & 0x7f) << shift;
                    shift += 7;
                    more = next < 0;
                }
                kbps.add(Math.min(value, MAX_KBPS));
            }
            rates.add(kbps);
        }
        boolean sizes = end - at >= RESOLUTION * count;
        List<Layer> layers = new ArrayList<>(count);
        for (int stream = 0; stream < streams; stream++) {
            for (int spatial = 0; spatial < MAX_SPATIAL; spatial++) {
                if ((masks[stream] >> spatial & 1) != 0) {
                    List<Long> kbps = rates.get(layers.size());
                    layers.add(
                            sizes
                                    ? new Layer(
                                            stream,
                                            spatial,
                                            kbps,
                                            Bytes.u16(data, at) + 1,
                                            Bytes.u16(data, at + 2) + 1,
                                            Bytes.u8(data, at + 4))
                                    : new Layer(stream, spatial, kbps, 0, 0, 0));
                    at += sizes ? RESOLUTION : 0;
                }
            }
        }
        return new VideoLayersAllocation(first >> 6, layers);
    }

    /**
     * The extension's value. Sizes are told if all layers have one.
     *
     * @return a fresh array
     */
    public byte[] toBytes() {
        if (layers.isEmpty()) {
            return new byte[1];
        }
        int streams = layers.get(layers.size() - 1).stream() + 1;
        streams = Math.max(streams, streamIndex + 1);
        int[] masks = new int[streams];
        boolean sizes = true;
        for (Layer layer : layers) {
            masks[layer.stream()] |= 1 << layer.spatial();
            sizes &= layer.width() > 0 && layer.height() > 0;
        }
        boolean shared = true;
        for (int mask : masks) {
            shared &= mask == masks[0];
        }
        ByteWriter out = new ByteWriter(3 + (layers.size() + 3) / 4 + layers.size() * (MAX_TEMPORAL * 5 + RESOLUTION));
        out.put8(streamIndex << 6 | (streams - 1) << 4 | (shared ? masks[0] : 0));
        for (int i = 0; !shared && i < streams; i += 2) {
            out.put8(masks[i] << 4 | (i + 1 < streams ? masks[i + 1] : 0));
        }
        for (int i = 0; i < layers.size(); i += 4) {
            int bits = 0;
            for (int j = i; j < Math.min(i + 4, layers.size()); j++) {
                bits |= (layers.get(j).kbps().size() - 1) << (6 - 2 * (j - i));
            }
            out.put8(bits);
        }
        for (Layer layer : layers) {
            for (long rate : layer.kbps()) {
                long left = rate;
                while (left > 0x7f) {
                    out.put8(((int) left & 0x7f) | 0x80);
                    left >>= 7;
                }
                out.put8((int) left);
            }
        }
        for (int i = 0; sizes && i < layers.size(); i++) {
            Layer layer = layers.get(i);
            out.put16(layer.width() - 1).put16(layer.height() - 1).put8(layer.framesPerSecond());
        }
        return Arrays.copyOf(out.array(), out.length());
    }
}

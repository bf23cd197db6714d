package dev.yodel.benchmarks.media;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.RTCStats;
import dev.onvoid.webrtc.RTCStatsType;
import dev.onvoid.webrtc.media.video.CustomVideoSource;
import dev.onvoid.webrtc.media.video.I420Buffer;
import dev.onvoid.webrtc.media.video.NativeI420Buffer;
import dev.onvoid.webrtc.media.video.VideoFrame;
import dev.onvoid.webrtc.media.video.VideoTrack;
import dev.yodel.benchmarks.libwebrtc.LibwebrtcConnection;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;

/**
 * libwebrtc's end: VP8 encoded and decoded, 640x360, with the frame's number as black and white blocks in its first
 * rows.
 */
final class LibwebrtcPicture implements Picture {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;
    private static final int BITS = 16;
    private static final int BLOCK = WIDTH / BITS;

    private final PeerConnectionFactory factory = LibwebrtcConnection.headless();
    private final CustomVideoSource source = new CustomVideoSource();
    private final LibwebrtcConnection a = new LibwebrtcConnection(factory);
    private final LibwebrtcConnection b = new LibwebrtcConnection(factory);
    private final byte[] grain = new byte[WIDTH * (HEIGHT + 64)];

    LibwebrtcPicture() {
        // Soft waves with a little grain: a picture that costs a megabit or so.
        Random random = new Random(5);
        for (int i = 0; i < grain.length; i++) {
            int row = i / WIDTH;
            double wave = 60 * Math.sin(i % WIDTH / 23.0) + 40 * Math.cos(row / 17.0);
            grain[i] = (byte) (128 + wave + random.nextInt(24));
        }
    }

    @Override
    public void connect(BadPath path, IntConsumer listener) throws Exception {
        b.onTrack(transceiver ->
                ((VideoTrack) transceiver.getReceiver().getTrack()).addSink(frame -> listener.accept(numberOf(frame))));
        a.connection().addTrack(factory.createVideoTrack("picture", source), List.of("picture"));
        LibwebrtcVoice.connect(a, b, path, Voice.Repair.FEC);
    }

    private static int numberOf(VideoFrame frame) {
        I420Buffer buffer = frame.buffer.toI420();
        ByteBuffer luma = buffer.getDataY();
        int block = buffer.getWidth() / BITS;
        int number = 0;
        for (int bit = 0; bit < BITS; bit++) {
            int at = block / 2 * buffer.getStrideY() + bit * block + block / 2;
            number = (number << 1) | ((luma.get(at) & 0xff) > 128 ? 1 : 0);
        }
        buffer.release();
        return number;
    }

    @Override
    public void capture(int number) {
        NativeI420Buffer buffer = NativeI420Buffer.allocate(WIDTH, HEIGHT);
        ByteBuffer luma = buffer.getDataY();
        byte[] row = new byte[WIDTH];
        for (int y = 0; y < HEIGHT; y++) {
            if (y < BLOCK) {
                for (int x = 0; x < WIDTH; x++) {
                    row[x] = (byte) (((number >> (BITS - 1 - x / BLOCK)) & 1) == 1 ? 235 : 16);
                }
            } else {
                System.arraycopy(grain, (y + number % 64) * WIDTH, row, 0, WIDTH);
            }
            luma.put(y * buffer.getStrideY(), row);
        }
        grey(buffer.getDataU(), buffer.getStrideU());
        grey(buffer.getDataV(), buffer.getStrideV());
        VideoFrame frame = new VideoFrame(buffer, System.nanoTime());
        source.pushFrame(frame);
        frame.release();
    }

    private static void grey(ByteBuffer plane, int stride) {
        byte[] row = new byte[WIDTH / 2];
        java.util.Arrays.fill(row, (byte) 128);
        for (int y = 0; y < HEIGHT / 2; y++) {
            plane.put(y * stride, row);
        }
    }

    @Override
    public double sentBytes() throws Exception {
        double sum = 0;
        for (RTCStats stats : LibwebrtcVoice.stats(a)) {
            if (stats.getType() == RTCStatsType.OUTBOUND_RTP) {
                sum += LibwebrtcVoice.number(stats, "bytesSent");
            }
        }
        return sum;
    }

    @Override
    public void close() {
        a.connection().close();
        b.connection().close();
    }
}

package dev.yodel.examples.video;

import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.yodel.examples.video.Libvpx.UnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Encodes pictures of one size to VP8 by libvpx, for calls: no look-ahead, a constant bit rate. For one thread at a
 * time.
 */
final class Vp8Encoder implements AutoCloseable {
    /** An encoded picture. */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Encoded(byte[] data, boolean keyFrame) {}

    private static final int CLOCK_HZ = 90_000;
    private static final int MAX_ABI = 200;
    /** Towards speed: what a call of 640 x 360 on a laptop's core needs. */
    private static final int SPEED = -6;

    private final Libvpx.Functions vpx;
    private final Memory config;
    private final Memory context = new Memory(Libvpx.CONTEXT_BYTES);
    private final Memory planes;
    private final Pointer image;
    private final int framesPerSecond;
    private boolean closed;

    Vp8Encoder(int width, int height, int framesPerSecond, long bitrateBps) throws UnavailableException {
        this.framesPerSecond = framesPerSecond;
        vpx = Libvpx.load();
        config = Libvpx.defaults(vpx);
        config.setInt(Libvpx.THREADS, 1);
        config.setInt(Libvpx.WIDTH, width);
        config.setInt(Libvpx.HEIGHT, height);
        config.setInt(Libvpx.TIME_BASE_NUMERATOR, 1);
        config.setInt(Libvpx.TIME_BASE_DENOMINATOR, CLOCK_HZ);
        config.setInt(Libvpx.ERROR_RESILIENT, 1);
        config.setInt(Libvpx.LAG_IN_FRAMES, 0);
        config.setInt(Libvpx.DROP_FRAME_THRESHOLD, 30);
        config.setInt(Libvpx.END_USAGE, Libvpx.CONSTANT_BIT_RATE);
        config.setInt(Libvpx.MIN_QUANTIZER, 2);
        config.setInt(Libvpx.MAX_QUANTIZER, 56);
        config.setInt(Libvpx.BUFFER_MILLIS, 1_000);
        config.setInt(Libvpx.BUFFER_INITIAL_MILLIS, 500);
        config.setInt(Libvpx.BUFFER_OPTIMAL_MILLIS, 600);
        // Key frames come when somebody asks for one.
        config.setInt(Libvpx.KEY_FRAME_MAX_DISTANCE, 100_000);
        config.setInt(Libvpx.TARGET_KBPS, kbps(bitrateBps));
        context.clear();
        int result = Libvpx.ABI_MISMATCH;
        for (int abi = 1; abi <= MAX_ABI && result == Libvpx.ABI_MISMATCH; abi++) {
            result = vpx.vpx_codec_enc_init_ver(context, vpx.vpx_codec_vp8_cx(), config, new NativeLong(0), abi);
        }
        if (result != Libvpx.OK) {
            throw new UnavailableException("libvpx refuses to encode " + width + " x " + height + " (error " + result
                    + "); no pictures are encoded");
        }
        vpx.vpx_codec_control_(context, Libvpx.SET_CPU_USED, SPEED);
        planes = new Memory((long) width * height * 3 / 2);
        final Pointer wrapped = vpx.vpx_img_wrap(null, Libvpx.I420, width, height, 1, planes);
        if (wrapped == null) {
            vpx.vpx_codec_destroy(context);
            throw new UnavailableException("libvpx takes no pictures of " + width + " x " + height);
        }
        image = wrapped;
    }

    private static int kbps(long bps) {
        return (int) Math.max(30, Math.min(20_000, bps / 1_000));
    }

    /** Aims at another bit rate from now on. */
    void bitrate(long bps) {
        config.setInt(Libvpx.TARGET_KBPS, kbps(bps));
        vpx.vpx_codec_enc_config_set(context, config);
    }

    /** Encodes a picture; null if the encoder leaves it out to keep to its bit rate. */
    @Nullable
    Encoded encode(Picture picture, long rtpTicks, boolean keyFrame) {
        if (closed) {
            return null;
        }
        planes.write(0, picture.planes(), 0, picture.planes().length);
        final int result = vpx.vpx_codec_encode(
                context,
                image,
                rtpTicks,
                new NativeLong(CLOCK_HZ / framesPerSecond),
                new NativeLong(keyFrame ? Libvpx.FORCE_KEY_FRAME : 0),
                new NativeLong(Libvpx.REALTIME));
        if (result != Libvpx.OK) {
            return null;
        }
        final PointerByReference iterator = new PointerByReference();
        for (Pointer packet = vpx.vpx_codec_get_cx_data(context, iterator);
                packet != null;
                packet = vpx.vpx_codec_get_cx_data(context, iterator)) {
            final long size = packet.getLong(Libvpx.PACKET_SIZE);
            if (packet.getInt(0) == 0 && size > 0 && size < (4 << 20)) {
                final byte[] data = packet.getPointer(Libvpx.PACKET_DATA).getByteArray(0, (int) size);
                return new Encoded(data, (packet.getInt(Libvpx.PACKET_FLAGS) & Libvpx.FRAME_IS_KEY) != 0);
            }
        }
        return null;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            vpx.vpx_img_free(image);
            vpx.vpx_codec_destroy(context);
        }
    }
}

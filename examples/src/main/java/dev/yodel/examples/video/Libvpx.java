package dev.yodel.examples.video;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;

/**
 * The functions of libvpx that this program uses, and where the fields lie that it reads and writes, in all releases
 * from 1.8 on for machines of 64 bits. Loaded on first use; where there is none, or one of another layout, nothing is
 * sent and shown.
 */
final class Libvpx {
    static final int OK = 0;
    static final int ABI_MISMATCH = 3;
    static final int I420 = 0x102;
    static final int FRAME_IS_KEY = 1;
    static final long FORCE_KEY_FRAME = 1;
    static final long REALTIME = 1;
    static final int SET_CPU_USED = 13;
    static final int CONTEXT_BYTES = 128;
    static final int CONFIG_BYTES = 4_096;

    // vpx_codec_enc_cfg_t
    static final int THREADS = 4;
    static final int WIDTH = 12;
    static final int HEIGHT = 16;
    static final int TIME_BASE_NUMERATOR = 28;
    static final int TIME_BASE_DENOMINATOR = 32;
    static final int ERROR_RESILIENT = 36;
    static final int LAG_IN_FRAMES = 44;
    static final int DROP_FRAME_THRESHOLD = 48;
    static final int END_USAGE = 72;
    static final int TARGET_KBPS = 112;
    static final int MIN_QUANTIZER = 116;
    static final int MAX_QUANTIZER = 120;
    static final int BUFFER_MILLIS = 132;
    static final int BUFFER_INITIAL_MILLIS = 136;
    static final int BUFFER_OPTIMAL_MILLIS = 140;
    static final int KEY_FRAME_MAX_DISTANCE = 168;
    static final int CONSTANT_BIT_RATE = 1;

    // vpx_codec_cx_pkt_t
    static final int PACKET_DATA = 8;
    static final int PACKET_SIZE = 16;
    static final int PACKET_FLAGS = 40;

    // vpx_image_t
    static final int IMAGE_WIDTH = 24;
    static final int IMAGE_HEIGHT = 28;
    static final int IMAGE_PLANES = 48;
    static final int IMAGE_STRIDES = 80;

    /** C's names and types. */
    interface Functions extends Library {
        Pointer vpx_codec_vp8_cx();

        Pointer vpx_codec_vp8_dx();

        Pointer vpx_codec_vp9_dx();

        int vpx_codec_enc_config_default(Pointer codec, Pointer config, int usage);

        int vpx_codec_enc_init_ver(Pointer context, Pointer codec, Pointer config, NativeLong flags, int version);

        int vpx_codec_enc_config_set(Pointer context, Pointer config);

        int vpx_codec_control_(Pointer context, int control, Object... value);

        @Nullable
        Pointer vpx_img_wrap(@Nullable Pointer image, int format, int width, int height, int align, Pointer data);

        void vpx_img_free(Pointer image);

        int vpx_codec_encode(
                Pointer context, Pointer image, long time, NativeLong duration, NativeLong flags, NativeLong deadline);

        @Nullable
        Pointer vpx_codec_get_cx_data(Pointer context, PointerByReference iterator);

        int vpx_codec_dec_init_ver(
                Pointer context, Pointer codec, @Nullable Pointer config, NativeLong flags, int version);

        int vpx_codec_decode(Pointer context, Pointer data, int size, @Nullable Pointer user, NativeLong deadline);

        @Nullable
        Pointer vpx_codec_get_frame(Pointer context, PointerByReference iterator);

        int vpx_codec_destroy(Pointer context);
    }

    /** There is no libvpx, or none that this program knows. */
    static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1;

        UnavailableException(String message) {
            super(message);
        }
    }

    private Libvpx() {}

    /** Loads it; JNA keeps it loaded. */
    static Functions load() throws UnavailableException {
        if (Native.POINTER_SIZE != 8) {
            throw new UnavailableException("pictures are encoded on machines of 64 bits only");
        }
        try {
            return Native.load("vpx", Functions.class);
        } catch (UnsatisfiedLinkError e) {
            throw new UnavailableException("no libvpx on this machine (Debian: libvpx7); no pictures are encoded");
        }
    }

    /** The defaults of VP8, if they stand where they are expected. */
    static Memory defaults(Functions vpx) throws UnavailableException {
        final Memory config = new Memory(CONFIG_BYTES);
        config.clear();
        if (vpx.vpx_codec_enc_config_default(vpx.vpx_codec_vp8_cx(), config, 0) != OK
                || config.getInt(WIDTH) != 320
                || config.getInt(HEIGHT) != 240
                || config.getInt(TIME_BASE_NUMERATOR) != 1
                || config.getInt(TIME_BASE_DENOMINATOR) != 30
                || config.getInt(TARGET_KBPS) != 256
                || config.getInt(MAX_QUANTIZER) != 63) {
            throw new UnavailableException("this libvpx is unknown; no pictures are encoded");
        }
        return config;
    }
}

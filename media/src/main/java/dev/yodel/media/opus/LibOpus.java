package dev.yodel.media.opus;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * The functions of libopus, bound directly. Package-private, since a wrong argument here ends the JVM: {@link OpusEncoder}
 * and {@link OpusDecoder} see to it that there is none. {@link OpusLibrary} binds it once, before any use.
 */
final class LibOpus {
    static final int SET_BITRATE = 4002;
    static final int SET_COMPLEXITY = 4010;
    static final int SET_INBAND_FEC = 4012;
    static final int SET_PACKET_LOSS_PERC = 4014;
    static final int SET_DTX = 4016;

    /** Variadic functions, which direct mapping cannot call on every platform. */
    interface Controls extends Library {
        int opus_encoder_ctl(Pointer encoder, int request, Object... values);
    }

    private LibOpus() {}

    static native Pointer opus_encoder_create(int rate, int channels, int application, Pointer error);

    static native void opus_encoder_destroy(Pointer encoder);

    static native int opus_encode(Pointer encoder, Pointer pcm, int samples, Pointer into, int intoLength);

    static native Pointer opus_decoder_create(int rate, int channels, Pointer error);

    static native void opus_decoder_destroy(Pointer decoder);

    static native int opus_decode(Pointer decoder, Pointer data, int length, Pointer pcm, int samples, int fec);

    static native String opus_get_version_string();

    static Controls bind(String nameOrPath) {
        Native.register(LibOpus.class, NativeLibrary.getInstance(nameOrPath));
        return Native.load(nameOrPath, Controls.class);
    }
}

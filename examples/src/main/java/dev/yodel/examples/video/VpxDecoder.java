package dev.yodel.examples.video;

import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.yodel.examples.video.Libvpx.UnavailableException;
import org.jspecify.annotations.Nullable;

/** Decodes VP8 or VP9 by libvpx. For one thread at a time. */
public final class VpxDecoder implements AutoCloseable {
    private static final int MAX_ABI = 200;
    private static final int MAX_SIZE = 8192;

    private final Libvpx.Functions vpx;
    private final Memory context = new Memory(Libvpx.CONTEXT_BYTES);
    private Memory input = new Memory(1 << 16);
    private @Nullable Picture picture;
    private boolean closed;

    private VpxDecoder(boolean vp9) throws UnavailableException {
        vpx = Libvpx.load();
        context.clear();
        int result = Libvpx.ABI_MISMATCH;
        for (int abi = 1; abi <= MAX_ABI && result == Libvpx.ABI_MISMATCH; abi++) {
            result = vpx.vpx_codec_dec_init_ver(
                    context, vp9 ? vpx.vpx_codec_vp9_dx() : vpx.vpx_codec_vp8_dx(), null, new NativeLong(0), abi);
        }
        if (result != Libvpx.OK) {
            throw new UnavailableException("libvpx does not decode (error " + result + ")");
        }
    }

    /**
     * A decoder.
     *
     * @param encodingName {@code VP8} or {@code VP9}
     * @return null for other codecs, and where there is no libvpx
     */
    public static @Nullable VpxDecoder of(String encodingName) {
        if (!encodingName.equalsIgnoreCase("VP8") && !encodingName.equalsIgnoreCase("VP9")) {
            return null;
        }
        try {
            return new VpxDecoder(encodingName.equalsIgnoreCase("VP9"));
        } catch (UnavailableException e) {
            return null;
        }
    }

    /**
     * Decodes a frame.
     *
     * @param frame from a peer, anything
     * @return the decoder's own, until the next call; null if the frame is damaged or shows nothing
     */
    public @Nullable Picture decode(byte[] frame) {
        if (closed || frame.length == 0) {
            return null;
        }
        if (frame.length > input.size()) {
            input = new Memory(Math.max(frame.length, 2 * input.size()));
        }
        input.write(0, frame, 0, frame.length);
        if (vpx.vpx_codec_decode(context, input, frame.length, null, new NativeLong(0)) != Libvpx.OK) {
            return null;
        }
        final Pointer image = vpx.vpx_codec_get_frame(context, new PointerByReference());
        return image == null || image.getInt(0) != Libvpx.I420 ? null : copy(image);
    }

    private @Nullable Picture copy(Pointer image) {
        // Odd sizes lose their last row or column.
        final int width = image.getInt(Libvpx.IMAGE_WIDTH) & ~1;
        final int height = image.getInt(Libvpx.IMAGE_HEIGHT) & ~1;
        if (width < 2 || height < 2 || width > MAX_SIZE || height > MAX_SIZE) {
            return null;
        }
        Picture into = picture;
        if (into == null || into.width() != width || into.height() != height) {
            into = new Picture(width, height);
            picture = into;
        }
        int at = 0;
        for (int plane = 0; plane < 3; plane++) {
            final Pointer from = image.getPointer(Libvpx.IMAGE_PLANES + 8L * plane);
            final int stride = image.getInt(Libvpx.IMAGE_STRIDES + 4L * plane);
            final int columns = plane == 0 ? width : width / 2;
            final int rows = plane == 0 ? height : height / 2;
            for (int y = 0; y < rows; y++) {
                from.read((long) y * stride, into.planes(), at, columns);
                at += columns;
            }
        }
        return into;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            vpx.vpx_codec_destroy(context);
        }
    }
}

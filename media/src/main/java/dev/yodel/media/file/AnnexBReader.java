package dev.yodel.media.file;

import dev.yodel.io.Time;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pictures of an H.264 or H.265 byte stream (Annex B of both), one access unit at a time with its parameter
 * sets and messages. Such a stream has no times: the caller says how many pictures a second takes. It does not
 * reorder: streams with B pictures are no good for calls. Trusts nothing: a picture has at most 4 MiB. For one thread
 * at a time.
 */
public final class AnnexBReader implements Closeable {
    private static final int MAX_FRAME_BYTES = 4 << 20;
    private static final byte[] START_CODE = {0, 0, 0, 1};

    private final InputStream in;
    private final boolean h265;
    private final double framesPerSecond;
    private byte[] unit = new byte[1 << 14];
    private int unitLength;
    private boolean unitWaits;
    private byte[] frame = new byte[1 << 16];
    private int frameLength;
    private boolean frameHasPicture;
    private boolean frameIsKey;
    private boolean atEnd;
    private long frames;

    /**
     * Opens a file whose name tells the codec: {@code .h265}, {@code .265}, {@code .hevc} or, for H.264, anything else.
     *
     * @param file to read
     * @param framesPerSecond pictures in a second, more than 0 and at most 1,000
     * @return a reader
     * @throws MediaFileException if it does not begin with a start code
     * @throws IOException if it cannot be read
     */
    public static AnnexBReader open(Path file, double framesPerSecond) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            return new AnnexBReader(in, isH265(file), framesPerSecond);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Whether a file's name says that it holds H.265.
     *
     * @param file any
     * @return false for all other names
     */
    public static boolean isH265(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".h265") || name.endsWith(".265") || name.endsWith(".hevc");
    }

    /**
     * Reads up to the first start code.
     *
     * @param in at the start of a stream, closed by {@link #close()}
     * @param h265 whether it is H.265, else H.264
     * @param framesPerSecond pictures in a second, more than 0 and at most 1,000
     * @throws MediaFileException if the stream does not begin with a start code
     * @throws IOException if it cannot be read
     */
    public AnnexBReader(InputStream in, boolean h265, double framesPerSecond) throws IOException {
        if (!(framesPerSecond > 0 && framesPerSecond <= 1_000)) {
            throw new IllegalArgumentException("framesPerSecond must be up to 1000, was " + framesPerSecond);
        }
        this.in = in;
        this.h265 = h265;
        this.framesPerSecond = framesPerSecond;
        int zeros = 0;
        int next = in.read();
        while (next == 0) {
            zeros++;
            next = in.read();
        }
        if (next != 1 || zeros < 2) {
            throw new MediaFileException("no start code at the beginning: this is no Annex B byte stream");
        }
    }

    /**
     * The codec.
     *
     * @return {@code H264} or {@code H265}
     */
    public String encodingName() {
        return h265 ? "H265" : "H264";
    }

    /**
     * The next picture, with start codes of four bytes.
     *
     * @return null behind the last one; what is not of a picture at the end of the file is left out
     * @throws MediaFileException if a picture is larger than any
     * @throws IOException if the file cannot be read
     */
    public WebmReader.@Nullable Frame next() throws IOException {
        while (unitWaits || readUnit()) {
            unitWaits = false;
            if (unitLength < (h265 ? 3 : 2)) {
                continue;
            }
            if (frameHasPicture && opensAccessUnit()) {
                unitWaits = true;
                return takeFrame();
            }
            append();
        }
        return frameHasPicture ? takeFrame() : null;
    }

    private WebmReader.Frame takeFrame() {
        long time = (long) (frames++ * (Time.SECOND / framesPerSecond));
        WebmReader.Frame result = new WebmReader.Frame(0, Arrays.copyOf(frame, frameLength), time, frameIsKey);
        frameLength = 0;
        frameHasPicture = false;
        frameIsKey = false;
        return result;
    }

    private int type() {
        return h265 ? unit[0] >> 1 & 0x3f : unit[0] & 0x1f;
    }

    private boolean isPicture() {
        return h265 ? type() < 32 : type() >= 1 && type() <= 5;
    }

    /** H.264 7.4.1.2.3 and H.265 7.4.2.4.4: what may stand first in an access unit, and the first slice of a picture. */
    private boolean opensAccessUnit() {
        int type = type();
        if (isPicture()) {
            // first_slice_segment_in_pic_flag, or first_mb_in_slice of 0, which Exp-Golomb writes as a set bit.
            return (unit[h265 ? 2 : 1] & 0x80) != 0;
        }
        return h265
                ? (type >= 32 && type <= 35) || type == 39 || (type >= 41 && type <= 44) || (type >= 48 && type <= 55)
                : (type >= 6 && type <= 9) || (type >= 14 && type <= 18);
    }

    private void append() throws MediaFileException {
        int needed = frameLength + START_CODE.length + unitLength;
        if (needed > MAX_FRAME_BYTES) {
            throw new MediaFileException("a picture of more than " + MAX_FRAME_BYTES + " bytes");
        }
        if (needed > frame.length) {
            frame = Arrays.copyOf(frame, Math.max(needed, 2 * frame.length));
        }
        System.arraycopy(START_CODE, 0, frame, frameLength, START_CODE.length);
        System.arraycopy(unit, 0, frame, frameLength + START_CODE.length, unitLength);
        frameLength = needed;
        frameHasPicture |= isPicture();
        int type = type();
        frameIsKey |= h265 ? type >= 16 && type <= 21 : type == 5;
    }

    /** Reads up to the next start code; zeros in front of it belong to it. */
    private boolean readUnit() throws IOException {
        if (atEnd) {
            return false;
        }
        unitLength = 0;
        int zeros = 0;
        for (int next = in.read(); ; next = in.read()) {
            if (next == 0) {
                zeros++;
            } else if (next < 0) {
                atEnd = true;
                return unitLength > 0;
            } else if (next == 1 && zeros >= 2) {
                return true;
            } else {
                reserve(zeros + 1L);
                Arrays.fill(unit, unitLength, unitLength + zeros, (byte) 0);
                unitLength += zeros;
                unit[unitLength++] = (byte) next;
                zeros = 0;
            }
        }
    }

    private void reserve(long more) throws MediaFileException {
        long needed = unitLength + more;
        if (needed > MAX_FRAME_BYTES) {
            throw new MediaFileException("a unit of more than " + MAX_FRAME_BYTES + " bytes");
        }
        if (needed > unit.length) {
            unit = Arrays.copyOf(unit, (int) Math.max(needed, 2L * unit.length));
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}

package dev.yodel.media.file;

import dev.yodel.io.Bytes;
import dev.yodel.rtp.payload.Vp9FrameHeader;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a file must know of a video stream and only its key frames say: size and set-up data. Of the bit streams it reads
 * nothing else, and trusts nothing.
 *
 * @param width pixels
 * @param height pixels
 * @param codecPrivate what goes into the file's header, possibly empty
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
record VideoHeader(int width, int height, byte[] codecPrivate) {
    private static final int AV1_SEQUENCE_HEADER = 1;

    /** Null if the frame is no key frame of VP8, VP9 or AV1 that can be read. */
    static @Nullable VideoHeader read(String encodingName, byte[] frame) {
        VideoHeader header =
                switch (encodingName.toUpperCase(Locale.ROOT)) {
                    case "VP8" -> vp8(frame);
                    case "VP9" -> vp9(frame);
                    case "AV1" -> av1(frame);
                    default -> null;
                };
        return header == null || header.width < 1 || header.height < 1 ? null : header;
    }

    /** RFC 6386 9.1. */
    private static @Nullable VideoHeader vp8(byte[] frame) {
        if (frame.length < 10 || (frame[0] & 1) != 0 || Bytes.u24(frame, 3) != 0x9d012a) {
            return null;
        }
        int width = (Bytes.u8(frame, 6) | Bytes.u8(frame, 7) << 8) & 0x3fff;
        int height = (Bytes.u8(frame, 8) | Bytes.u8(frame, 9) << 8) & 0x3fff;
        return new VideoHeader(width, height, Bytes.EMPTY);
    }

    /** VP9 bitstream specification 6.2. */
    private static @Nullable VideoHeader vp9(byte[] frame) {
        Vp9FrameHeader header = new Vp9FrameHeader();
        boolean sized = header.read(frame, 0, frame.length) && header.keyFrame();
        return sized ? new VideoHeader(header.width(), header.height(), Bytes.EMPTY) : null;
    }

    /** AV1 bitstream specification 5.3, 5.5. */
    private static @Nullable VideoHeader av1(byte[] frame) {
        int at = 0;
        while (at < frame.length) {
            int first = Bytes.u8(frame, at);
            int start = at;
            at += (first & 4) != 0 ? 2 : 1;
            long size = 0;
            if ((first & 2) == 0) {
                size = (long) frame.length - at;
            } else {
                for (int shift = 0; shift < 56 && at < frame.length; shift += 7) {
                    int part = Bytes.u8(frame, at++);
                    size |= (long) (part & 0x7f) << shift;
                    if ((part & 0x80) == 0) {
                        break;
                    }
                }
            }
            if (at > frame.length || size > frame.length - at) {
                return null;
            }
            int end = at + (int) size;
            if ((first >> 3 & 15) == AV1_SEQUENCE_HEADER) {
                return sequence(new Bits(frame, at, end), Arrays.copyOfRange(frame, start, end));
            }
            at = end;
        }
        return null;
    }

    private static @Nullable VideoHeader sequence(Bits bits, byte[] unit) {
        int profile = bits.read(3);
        bits.read(1);
        boolean reduced = bits.read(1) == 1;
        int level = 0;
        int tier = 0;
        if (reduced) {
            level = bits.read(5);
        } else {
            boolean model = false;
            int delayBits = 0;
            if (bits.read(1) == 1) {
                bits.skip(64);
                if (bits.read(1) == 1) {
                    bits.skipUvlc();
                }
                model = bits.read(1) == 1;
                if (model) {
                    delayBits = bits.read(5) + 1;
                    bits.skip(42);
                }
            }
            boolean displayDelay = bits.read(1) == 1;
            int points = bits.read(5) + 1;
            for (int i = 0; i < points; i++) {
                bits.skip(12);
                int pointLevel = bits.read(5);
                int pointTier = pointLevel > 7 ? bits.read(1) : 0;
                if (i == 0) {
                    level = pointLevel;
                    tier = pointTier;
                }
                if (model && bits.read(1) == 1) {
                    bits.skip(2 * delayBits + 1);
                }
                if (displayDelay && bits.read(1) == 1) {
                    bits.skip(4);
                }
            }
        }
        int widthBits = bits.read(4) + 1;
        int heightBits = bits.read(4) + 1;
        int width = bits.read(widthBits) + 1;
        int height = bits.read(heightBits) + 1;
        if (bits.overrun()) {
            return null;
        }
        // The av1C of 8 bits and 4:2:0, which is all that real-time encoders make.
        byte[] codecPrivate = new byte[4 + unit.length];
        codecPrivate[0] = (byte) 0x81;
        codecPrivate[1] = (byte) (profile << 5 | level);
        codecPrivate[2] = (byte) (tier << 7 | 0x0c);
        System.arraycopy(unit, 0, codecPrivate, 4, unit.length);
        return new VideoHeader(width, height, codecPrivate);
    }

    /** Bits from the most significant on; behind the end they are zero. */
    private static final class Bits {
        private final byte[] data;
        private final long end;
        private long position;

        Bits(byte[] data, int start, int end) {
            this.data = data;
            this.position = 8L * start;
            this.end = 8L * end;
        }

        int read(int count) {
            int value = 0;
            for (int i = 0; i < count; i++) {
                int bit = position < end ? data[(int) (position >> 3)] >> (7 - (int) (position & 7)) & 1 : 0;
                value = value << 1 | bit;
                position++;
            }
            return value;
        }

        void skip(int count) {
            position += count;
        }

        void skipUvlc() {
            int zeros = 0;
            while (position < end && read(1) == 0) {
                zeros++;
            }
            skip(zeros < 32 ? zeros : 0);
        }

        boolean overrun() {
            return position > end;
        }
    }
}

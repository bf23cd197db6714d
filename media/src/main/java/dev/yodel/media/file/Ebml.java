package dev.yodel.media.file;

import java.util.Arrays;

/**
 * EBML elements in a growing array (RFC 8794): identifier, size, value. It knows no document type. Not for sharing between
 * threads.
 */
final class Ebml {
    static final int HEADER = 0x1a45dfa3;
    static final int DOC_TYPE = 0x4282;
    static final int VOID = 0xec;
    static final int SEGMENT = 0x18538067;
    static final int SEEK_HEAD = 0x114d9b74;
    static final int SEEK = 0x4dbb;
    static final int SEEK_ID = 0x53ab;
    static final int SEEK_POSITION = 0x53ac;
    static final int INFO = 0x1549a966;
    static final int TIMESTAMP_SCALE = 0x2ad7b1;
    static final int DURATION = 0x4489;
    static final int MUXING_APP = 0x4d80;
    static final int WRITING_APP = 0x5741;
    static final int TRACKS = 0x1654ae6b;
    static final int TRACK_ENTRY = 0xae;
    static final int TRACK_NUMBER = 0xd7;
    static final int TRACK_UID = 0x73c5;
    static final int TRACK_TYPE = 0x83;
    static final int FLAG_LACING = 0x9c;
    static final int CODEC_ID = 0x86;
    static final int CODEC_PRIVATE = 0x63a2;
    static final int CODEC_DELAY = 0x56aa;
    static final int SEEK_PRE_ROLL = 0x56bb;
    static final int VIDEO = 0xe0;
    static final int PIXEL_WIDTH = 0xb0;
    static final int PIXEL_HEIGHT = 0xba;
    static final int AUDIO = 0xe1;
    static final int SAMPLING_FREQUENCY = 0xb5;
    static final int CHANNELS = 0x9f;
    static final int CLUSTER = 0x1f43b675;
    static final int TIMESTAMP = 0xe7;
    static final int SIMPLE_BLOCK = 0xa3;
    static final int BLOCK_GROUP = 0xa0;
    static final int BLOCK = 0xa1;
    static final int REFERENCE_BLOCK = 0xfb;
    static final int CUES = 0x1c53bb6b;
    static final int CUE_POINT = 0xbb;
    static final int CUE_TIME = 0xb3;
    static final int CUE_TRACK_POSITIONS = 0xb7;
    static final int CUE_TRACK = 0xf7;
    static final int CUE_CLUSTER_POSITION = 0xf1;

    private byte[] data = new byte[256];
    private int length;

    int length() {
        return length;
    }

    byte[] data() {
        return data;
    }

    void clear() {
        length = 0;
    }

    private void room(int more) {
        if (data.length - length < more) {
            data = Arrays.copyOf(data, Math.max(data.length * 2, length + more));
        }
    }

    /** The bytes of a number, the highest first. */
    Ebml number(long value, int bytes) {
        room(bytes);
        for (int i = bytes - 1; i >= 0; i--) {
            data[length++] = (byte) (value >>> (8 * i));
        }
        return this;
    }

    Ebml id(int id) {
        return number(id & 0xffff_ffffL, bytesOf(id & 0xffff_ffffL));
    }

    /** A size in as few bytes as it takes. */
    Ebml size(long size) {
        int bytes = 1;
        while (size >= (1L << (7 * bytes)) - 1) {
            bytes++;
        }
        return number((1L << (7 * bytes)) | size, bytes);
    }

    Ebml bytes(byte[] value, int offset, int count) {
        room(count);
        System.arraycopy(value, offset, data, length, count);
        length += count;
        return this;
    }

    Ebml uint(int id, long value) {
        int bytes = bytesOf(value);
        return id(id).size(bytes).number(value, bytes);
    }

    /** A number that is always eight bytes long, so that it can be replaced. */
    Ebml fixed(int id, long value) {
        return id(id).size(8).number(value, 8);
    }

    Ebml real(int id, double value) {
        return fixed(id, Double.doubleToLongBits(value));
    }

    Ebml text(int id, String value) {
        return binary(id, value.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    Ebml binary(int id, byte[] value) {
        return id(id).size(value.length).bytes(value, 0, value.length);
    }

    Ebml master(int id, Ebml content) {
        return id(id).size(content.length).bytes(content.data, 0, content.length);
    }

    private static int bytesOf(long value) {
        int bytes = 1;
        while (bytes < 8 && value >>> (8 * bytes) != 0) {
            bytes++;
        }
        return bytes;
    }
}

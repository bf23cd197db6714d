package dev.yodel.io;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Network-order access to byte arrays. Stateless; bounds are the array's own. */
public final class Bytes {
    /** The array of length 0. */
    public static final byte[] EMPTY = new byte[0];

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private Bytes() {}

    /**
     * Reads an unsigned byte.
     *
     * @param data source
     * @param at index
     * @return 0 to 255
     */
    public static int u8(byte[] data, int at) {
        return data[at] & 0xff;
    }

    /**
     * Reads an unsigned 16-bit number.
     *
     * @param data source
     * @param at index of the first byte
     * @return 0 to 65535
     */
    public static int u16(byte[] data, int at) {
        return (short) SHORT.get(data, at) & 0xffff;
    }

    /**
     * Reads an unsigned 24-bit number.
     *
     * @param data source
     * @param at index of the first byte
     * @return 0 to 2^24-1
     */
    public static int u24(byte[] data, int at) {
        return u8(data, at) << 16 | u16(data, at + 1);
    }

    /**
     * Reads a 32-bit number.
     *
     * @param data source
     * @param at index of the first byte
     * @return any int
     */
    public static int i32(byte[] data, int at) {
        return (int) INT.get(data, at);
    }

    /**
     * Reads an unsigned 32-bit number.
     *
     * @param data source
     * @param at index of the first byte
     * @return 0 to 2^32-1
     */
    public static long u32(byte[] data, int at) {
        return i32(data, at) & 0xffff_ffffL;
    }

    /**
     * Reads a 64-bit number.
     *
     * @param data source
     * @param at index of the first byte
     * @return any long
     */
    public static long i64(byte[] data, int at) {
        return (long) LONG.get(data, at);
    }

    /**
     * Writes the low 8 bits.
     *
     * @param data target
     * @param at index
     * @param value its low 8 bits are written
     */
    public static void put8(byte[] data, int at, int value) {
        data[at] = (byte) value;
    }

    /**
     * Writes the low 16 bits.
     *
     * @param data target
     * @param at index of the first byte
     * @param value its low 16 bits are written
     */
    public static void put16(byte[] data, int at, int value) {
        SHORT.set(data, at, (short) value);
    }

    /**
     * Writes the low 24 bits.
     *
     * @param data target
     * @param at index of the first byte
     * @param value its low 24 bits are written
     */
    public static void put24(byte[] data, int at, int value) {
        data[at] = (byte) (value >>> 16);
        put16(data, at + 1, value);
    }

    /**
     * Writes 32 bits.
     *
     * @param data target
     * @param at index of the first byte
     * @param value the number
     */
    public static void put32(byte[] data, int at, int value) {
        INT.set(data, at, value);
    }

    /**
     * Writes 64 bits.
     *
     * @param data target
     * @param at index of the first byte
     * @param value the number
     */
    public static void put64(byte[] data, int at, long value) {
        LONG.set(data, at, value);
    }

    /**
     * Lower-case hexadecimal text of a range.
     *
     * @param data source
     * @param offset first byte
     * @param length count of bytes
     * @return two characters a byte
     */
    public static String hex(byte[] data, int offset, int length) {
        StringBuilder text = new StringBuilder(length * 2);
        for (int i = 0; i < length; i++) {
            int value = u8(data, offset + i);
            text.append(HEX[value >> 4]).append(HEX[value & 15]);
        }
        return text.toString();
    }

    /**
     * Parses hexadecimal text.
     *
     * @param text an even count of hexadecimal digits
     * @return a fresh array
     * @throws IllegalArgumentException if it is no hexadecimal text
     */
    public static byte[] fromHex(String text) {
        if ((text.length() & 1) != 0) {
            throw new IllegalArgumentException("an odd count of hexadecimal digits: " + text.length());
        }
        byte[] result = new byte[text.length() / 2];
        for (int i = 0; i < result.length; i++) {
            int high = Character.digit(text.charAt(2 * i), 16);
            int low = Character.digit(text.charAt(2 * i + 1), 16);
            if (high < 0 || low < 0) {
                throw new IllegalArgumentException("no hexadecimal digit near character " + 2 * i);
            }
            result[i] = (byte) (high << 4 | low);
        }
        return result;
    }
}

package dev.yodel.io;

import java.nio.charset.StandardCharsets;

/**
 * Appends numbers in network order to an array within fixed bounds. A write that does not fit changes nothing and throws
 * {@link IndexOutOfBoundsException}: running out of room is a mistake of the writer, who knows the size beforehand. Not
 * for sharing between threads.
 */
public final class ByteWriter {
    private final byte[] data;
    private final int start;
    private final int end;
    private int position;

    /**
     * Writes into a range of an array.
     *
     * @param data target, kept by this writer
     * @param offset first byte written
     * @param length room in bytes
     */
    public ByteWriter(byte[] data, int offset, int length) {
        if (offset < 0 || length < 0 || offset > data.length - length) {
            throw new IndexOutOfBoundsException("range " + offset + "+" + length + " of " + data.length);
        }
        this.data = data;
        this.start = offset;
        this.end = offset + length;
        this.position = offset;
    }

    /**
     * Writes into a fresh array.
     *
     * @param capacity room in bytes
     */
    public ByteWriter(int capacity) {
        this(new byte[capacity], 0, capacity);
    }

    private int advance(int count) {
        if (count > end - position) {
            throw new IndexOutOfBoundsException(count + " bytes at " + position + " of " + end);
        }
        int at = position;
        position += count;
        return at;
    }

    /**
     * Appends 8 bits.
     *
     * @param value its low 8 bits are written
     * @return this
     */
    public ByteWriter put8(int value) {
        data[advance(1)] = (byte) value;
        return this;
    }

    /**
     * Appends 16 bits.
     *
     * @param value its low 16 bits are written
     * @return this
     */
    public ByteWriter put16(int value) {
        Bytes.put16(data, advance(2), value);
        return this;
    }

    /**
     * Appends 24 bits.
     *
     * @param value its low 24 bits are written
     * @return this
     */
    public ByteWriter put24(int value) {
        Bytes.put24(data, advance(3), value);
        return this;
    }

    /**
     * Appends 32 bits.
     *
     * @param value the number
     * @return this
     */
    public ByteWriter put32(int value) {
        Bytes.put32(data, advance(4), value);
        return this;
    }

    /**
     * Appends 64 bits.
     *
     * @param value the number
     * @return this
     */
    public ByteWriter put64(long value) {
        Bytes.put64(data, advance(8), value);
        return this;
    }

    /**
     * Appends a range.
     *
     * @param source copied
     * @param offset first byte
     * @param length count of bytes
     * @return this
     */
    public ByteWriter put(byte[] source, int offset, int length) {
        System.arraycopy(source, offset, data, advance(length), length);
        return this;
    }

    /**
     * Appends a whole array.
     *
     * @param source copied
     * @return this
     */
    public ByteWriter put(byte[] source) {
        return put(source, 0, source.length);
    }

    /**
     * Appends the UTF-8 bytes of a text.
     *
     * @param text written without a terminator
     * @return this
     */
    public ByteWriter putUtf8(String text) {
        return put(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Appends zero bytes.
     *
     * @param count how many
     * @return this
     */
    public ByteWriter zeros(int count) {
        int at = advance(count);
        java.util.Arrays.fill(data, at, at + count, (byte) 0);
        return this;
    }

    /**
     * Appends zero bytes until the written length is a multiple.
     *
     * @param multiple positive
     * @return this
     */
    public ByteWriter padTo(int multiple) {
        int over = length() % multiple;
        return over == 0 ? this : zeros(multiple - over);
    }

    /**
     * Where the next byte goes.
     *
     * @return an index into {@link #array()}
     */
    public int position() {
        return position;
    }

    /**
     * Moves to an earlier or later index of the range.
     *
     * @param index between the start and the end of the range
     * @return this
     */
    public ByteWriter position(int index) {
        if (index < start || index > end) {
            throw new IndexOutOfBoundsException("position " + index + " outside " + start + ".." + end);
        }
        position = index;
        return this;
    }

    /**
     * Count of bytes written.
     *
     * @return bytes from the start to the position
     */
    public int length() {
        return position - start;
    }

    /**
     * Room left.
     *
     * @return bytes
     */
    public int remaining() {
        return end - position;
    }

    /**
     * The array written to.
     *
     * @return the array itself, not a copy
     */
    public byte[] array() {
        return data;
    }

    /**
     * What was written.
     *
     * @return a fresh array
     */
    public byte[] toByteArray() {
        return java.util.Arrays.copyOfRange(data, start, position);
    }
}

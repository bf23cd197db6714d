package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * One report of a telephone event, for example a DTMF digit (RFC 4733 2.3). A press is several packets with the same
 * timestamp and growing duration; putting them together is the caller's work. Immutable.
 *
 * <pre>
 * |     event     |E|R| volume    |          duration             |
 * </pre>
 *
 * @param event 0 to 9 digits, 10 star, 11 pound, 12 to 15 A to D; up to 255
 * @param end whether the event is over
 * @param volume 0 to 63 in -dBm0
 * @param duration 0 to 65535 in units of the RTP clock, since the timestamp
 */
public record TelephoneEvent(int event, boolean end, int volume, int duration) {
    /** Bytes of a payload. */
    public static final int SIZE = 4;

    private static final String KEYS = "0123456789*#ABCD";

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value does not fit its field
     */
    public TelephoneEvent {
        if ((event & ~0xff) != 0 || (volume & ~0x3f) != 0 || (duration & ~0xffff) != 0) {
            throw new IllegalArgumentException("event " + event + ", volume " + volume + " or duration " + duration
                    + " does not fit 8, 6 and 16 bits");
        }
    }

    /**
     * Reads a payload; what follows the first report is ignored.
     *
     * @param payload borrowed for the call
     * @param offset first byte
     * @param length count of bytes
     * @return the report, or null if it is shorter than one
     */
    public static @Nullable TelephoneEvent parse(byte[] payload, int offset, int length) {
        if (length < SIZE) {
            return null;
        }
        int second = Bytes.u8(payload, offset + 1);
        return new TelephoneEvent(
                Bytes.u8(payload, offset), (second & 0x80) != 0, second & 0x3f, Bytes.u16(payload, offset + 2));
    }

    /**
     * Writes a payload.
     *
     * @param into has room for {@link #SIZE} bytes
     * @param at first byte
     */
    public void write(byte[] into, int at) {
        into[at] = (byte) event;
        into[at + 1] = (byte) ((end ? 0x80 : 0) | volume);
        Bytes.put16(into, at + 2, duration);
    }

    /**
     * The key of a telephone.
     *
     * @return {@code 0} to {@code 9}, {@code *}, {@code #}, {@code A} to {@code D}, or {@code ?} for another event
     */
    public char key() {
        return event < KEYS.length() ? KEYS.charAt(event) : '?';
    }
}

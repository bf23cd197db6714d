package dev.yodel.sdp;

import java.math.BigDecimal;

/**
 * The length of media in a packet (RFC 8866 section 6.4).
 *
 * @param millis milliseconds, above 0 and at most 60,000, with at most three decimals
 */
public record Ptime(double millis) implements Attribute {
    /** Checks the range. */
    public Ptime {
        check(millis);
    }

    static Ptime parse(Cursor value) {
        return new Ptime(read(value));
    }

    static void check(Cursor value) {
        check(read(value));
    }

    static void check(double millis) {
        if (!(millis > 0 && millis <= 60_000) || Math.rint(millis * 1000) / 1000 != millis) {
            throw Grammar.bad("packet time must be above 0 and at most 60000 ms, with at most three decimals");
        }
    }

    static double read(Cursor value) {
        boolean fraction = value.has('.');
        long whole = value.numberUntil('.', 0, 60_000, "packet time");
        if (!fraction) {
            return whole;
        }
        if (!value.isLength(1, 3) || !value.isDigits()) {
            throw Grammar.bad("packet time must have one to three decimals");
        }
        int scale = value.isLength(3, 3) ? 1 : value.isLength(2, 2) ? 10 : 100;
        return (whole * 1000 + scale * value.restNumber(0, 999, "packet time")) / 1000.0;
    }

    static String write(double millis) {
        return BigDecimal.valueOf(Math.rint(millis * 1000) / 1000)
                .stripTrailingZeros()
                .toPlainString();
    }

    @Override
    public String attributeName() {
        return "ptime";
    }

    @Override
    public String attributeValue() {
        return write(millis);
    }
}

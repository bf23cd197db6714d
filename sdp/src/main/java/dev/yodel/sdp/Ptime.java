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
        String decimals = value.rest();
        if (decimals.length() > 3 || !Grammar.isDigits(decimals)) {
            throw Grammar.bad("packet time must have one to three decimals");
        }
        return (whole * 1000 + Long.parseLong((decimals + "00").substring(0, 3))) / 1000.0;
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

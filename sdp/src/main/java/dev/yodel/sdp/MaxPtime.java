package dev.yodel.sdp;

/**
 * The longest media wanted in a packet (RFC 8866 section 6.5).
 *
 * @param millis milliseconds, above 0 and at most 60,000, with at most three decimals
 */
public record MaxPtime(double millis) implements Attribute {
    /** Checks the range. */
    public MaxPtime {
        Ptime.check(millis);
    }

    static MaxPtime parse(Cursor value) {
        return new MaxPtime(Ptime.read(value));
    }

    @Override
    public String attributeName() {
        return "maxptime";
    }

    @Override
    public String attributeValue() {
        return Ptime.write(millis);
    }
}

package dev.yodel.interop.wpt;

/** A JavaScript value that Java's type has no value for: a TypeError in the page. */
final class Unconvertible extends Exception {
    private static final long serialVersionUID = 1L;

    /** Whether the value is a string where Java has an enum without that constant. */
    private final boolean noConstant;

    Unconvertible(String message, boolean noConstant) {
        super(message, null, false, false);
        this.noConstant = noConstant;
    }

    boolean noConstant() {
        return noConstant;
    }
}

package dev.yodel.ice.stun;

/** The class of a STUN message (RFC 8489 section 5). */
public enum StunClass {
    /** Wants a response. */
    REQUEST(0),
    /** Wants none. */
    INDICATION(1),
    /** A request was granted. */
    SUCCESS(2),
    /** A request was refused. */
    ERROR(3);

    private static final StunClass[] BY_BITS = values();

    private final int bits;

    StunClass(int bits) {
        this.bits = bits;
    }

    static StunClass ofType(int type) {
        return BY_BITS[(type >> 4 & 1) | (type >> 7 & 2)];
    }

    int type(int method) {
        return (method & 0xF) | (method & 0x70) << 1 | (method & 0xF80) << 2 | (bits & 1) << 4 | (bits & 2) << 7;
    }

    static int methodOfType(int type) {
        return (type & 0xF) | (type >> 1 & 0x70) | (type >> 2 & 0xF80);
    }
}

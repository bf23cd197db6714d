package dev.yodel.ice;

import org.jspecify.annotations.Nullable;

/** Where a candidate's address comes from (RFC 8445 section 5.1.1). */
public enum CandidateType {
    /** An address of an interface. */
    HOST("host", 126),
    /** An address seen by a STUN server. */
    SRFLX("srflx", 100),
    /** An address seen by the peer in a check. */
    PRFLX("prflx", 110),
    /** An address of a TURN server. */
    RELAY("relay", 0);

    private static final CandidateType[] ALL = values();

    private final String text;
    private final int preference;

    CandidateType(String text, int preference) {
        this.text = text;
        this.preference = preference;
    }

    static @Nullable CandidateType of(String text) {
        for (CandidateType type : ALL) {
            if (type.text.equalsIgnoreCase(text)) {
                return type;
            }
        }
        return null;
    }

    /** RFC 8445 section 5.1.2.2: the recommended type preference. */
    int preference() {
        return preference;
    }

    @Override
    public String toString() {
        return text;
    }
}

package dev.yodel.ice;

/** Who nominates (RFC 8445 section 6.1.1). */
public enum IceRole {
    /** Nominates a pair; the side that offered first. */
    CONTROLLING,
    /** Follows the nomination. */
    CONTROLLED;

    /**
     * The other one.
     *
     * @return the opposite role
     */
    public IceRole other() {
        return this == CONTROLLING ? CONTROLLED : CONTROLLING;
    }

    @Override
    public String toString() {
        return this == CONTROLLING ? "controlling" : "controlled";
    }
}

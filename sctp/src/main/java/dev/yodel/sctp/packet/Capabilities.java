package dev.yodel.sctp.packet;

/**
 * What one side of an association can do beyond RFC 9260, as its INIT or INIT ACK says.
 *
 * @param forwardTsn it takes FORWARD TSN: partial reliability, RFC 3758
 * @param reConfig it takes RE-CONFIG: stream resets, RFC 6525
 * @param interleaving it takes I-DATA and I-FORWARD-TSN, RFC 8260
 * @param zeroChecksum it takes packets whose checksum is zero because DTLS protects them, RFC 9653
 * @param padding it takes PAD, RFC 4820, and with it packets as long as the path carries: what says nothing of PAD may not
 *     live through a long one
 */
public record Capabilities(
        boolean forwardTsn, boolean reConfig, boolean interleaving, boolean zeroChecksum, boolean padding) {
    /** Nothing beyond RFC 9260. */
    public static final Capabilities NONE = new Capabilities(false, false, false, false);

    /** Without padding. */
    public Capabilities(boolean forwardTsn, boolean reConfig, boolean interleaving, boolean zeroChecksum) {
        this(forwardTsn, reConfig, interleaving, zeroChecksum, false);
    }

    /** What both sides can do; an acceptance of zero checksums binds only the side that gave it and is the peer's. */
    public Capabilities with(Capabilities peer) {
        return new Capabilities(
                forwardTsn && peer.forwardTsn,
                reConfig && peer.reConfig,
                interleaving && peer.interleaving,
                zeroChecksum && peer.zeroChecksum,
                padding && peer.padding);
    }

    /** As a number, for a state cookie. */
    public int bits() {
        return (forwardTsn ? 1 : 0)
                | (reConfig ? 2 : 0)
                | (interleaving ? 4 : 0)
                | (zeroChecksum ? 8 : 0)
                | (padding ? 16 : 0);
    }

    /** Back from {@link #bits}. */
    public static Capabilities ofBits(int bits) {
        return new Capabilities((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0);
    }
}

package dev.yodel.rtp;

import dev.yodel.io.Bytes;

/**
 * A re-usable holder of one outgoing plaintext packet. It owns nothing: the bytes belong to the session and are valid
 * until the next call on it. The holder's user may change the packet in place and use {@link #HEADROOM} bytes before and
 * {@link #TAILROOM} bytes behind it.
 */
public final class RtpTransmit {
    /** Bytes free before {@link #offset}. */
    public static final int HEADROOM = 32;

    /** Bytes free behind {@code offset + length}: an SRTP tag, an SRTCP index, a roll-over counter and to spare. */
    public static final int TAILROOM = 64;

    /** The array. */
    public byte[] data = Bytes.EMPTY;

    /** First byte of the packet. */
    public int offset;

    /** Count of bytes. */
    public int length;

    /** Whether it is RTCP (a compound packet) and not RTP. */
    public boolean rtcp;

    /** An empty holder. */
    public RtpTransmit() {}

    @Override
    public String toString() {
        return (rtcp ? "RTCP " : "RTP ") + length + " bytes";
    }
}

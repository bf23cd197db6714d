package dev.yodel.srtp;

/** What one direction knows about one sender of RTCP (SSRC): the 31-bit index (RFC 3711 3.2.1). Not thread-safe. */
final class SrtcpContext extends SsrcTable.Entry {
    static final int WINDOW = 128;

    /** The first index beyond the last one: 2^31 (RFC 3711 3.4). */
    static final long INDEX_END = 1L << 31;

    final ReplayWindow window = new ReplayWindow(WINDOW);

    SrtcpContext(int ssrc) {
        super(ssrc);
    }

    /** The index of the next packet to be sent. */
    long next() {
        return window.highest() + 1;
    }
}

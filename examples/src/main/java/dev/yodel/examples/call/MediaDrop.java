package dev.yodel.examples.call;

import dev.yodel.io.FilteredEnvironment;
import java.net.InetSocketAddress;

/**
 * Swallows every RTP and RTCP packet on its way out and lets all else pass: STUN and DTLS set a call up, and then
 * nothing is heard. It shows that a verdict notices. Which packets are media is told by the first byte, as RFC 7983
 * section 7 divides them.
 */
final class MediaDrop implements FilteredEnvironment.Filter {
    private static final int FIRST_MEDIA_BYTE = 128;
    private static final int LAST_MEDIA_BYTE = 191;

    @Override
    public boolean passes(byte[] data, int offset, int length, InetSocketAddress remote) {
        final int first = length == 0 ? 0 : data[offset] & 0xFF;
        return first < FIRST_MEDIA_BYTE || first > LAST_MEDIA_BYTE;
    }
}

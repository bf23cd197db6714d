package dev.yodel.ice;

import java.net.InetSocketAddress;

/** One TCP connection between us and a peer (RFC 6544), with what has come on it. */
final class PeerStream {
    /** What is not known to come from the peer may say a check, and no more. */
    static final int LONGEST_UNPROVEN = 2048;

    private static final int HOST_PREFERENCE = 90;
    private static final int PEER_REFLEXIVE_PREFERENCE = 80;
    private static final int SERVER_REFLEXIVE_PREFERENCE = 70;

    final TcpType type;
    final InetSocketAddress remote;
    final StreamFrames frames = new StreamFrames(LONGEST_UNPROVEN);
    /** When it is closed unless a whole frame comes, or the peer proves itself, before. */
    long closeAt;
    /** An authenticated check, or an answer, has come. */
    boolean proven;

    PeerStream(TcpType type, InetSocketAddress remote, long closeAt) {
        this.type = type;
        this.remote = remote;
        this.closeAt = closeAt;
    }

    /**
     * RFC 6544 section 4.2: UDP before TCP by the type preference (the values are libwebrtc's), and the direction in the
     * upper three bits of the local preference.
     */
    static long priority(TcpType tcpType, CandidateType type, int localPreference) {
        boolean host = type == CandidateType.HOST;
        int direction =
                switch (tcpType) {
                    case ACTIVE -> host ? 6 : 4;
                    case PASSIVE -> host ? 4 : 2;
                    case SO -> host ? 2 : 6;
                };
        int preference =
                switch (type) {
                    case HOST -> HOST_PREFERENCE;
                    case PRFLX -> PEER_REFLEXIVE_PREFERENCE;
                    case SRFLX -> SERVER_REFLEXIVE_PREFERENCE;
                    case RELAY -> 0;
                };
        long local = ((long) direction << 13) | (localPreference >> 3);
        return ((long) preference << 24) | (local << 8) | 255;
    }

    @Override
    public String toString() {
        return type + " tcp to " + remote;
    }
}

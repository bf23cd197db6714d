package dev.yodel.webrtc.internal.transport;

import dev.yodel.sctp.dcep.ChannelParameters;
import java.util.List;

/**
 * The association and channels of a transport at one moment, for statistics. Immutable.
 *
 * @param roundTripNanos the smoothed round trip, -1 before the first
 * @param congestionWindowBytes how much may be under way
 * @param unacknowledgedBytes the heap of what is not acknowledged
 * @param retransmissions chunks that were sent again
 * @param packetBytes the largest packet
 * @param channels those that are not forgotten
 * @param opened how many were ever open
 * @param closed how many of those are over
 */
public record DataSnapshot(
        long roundTripNanos,
        long congestionWindowBytes,
        long unacknowledgedBytes,
        long retransmissions,
        int packetBytes,
        List<Channel> channels,
        long opened,
        long closed) {
    /**
     * One channel.
     *
     * @param id its stream
     * @param parameters what it is like
     * @param over whether it is closed
     * @param messagesSent messages that the transport took
     * @param bytesSent their bytes
     * @param messagesReceived messages that came
     * @param bytesReceived their bytes
     */
    public record Channel(
            int id,
            ChannelParameters parameters,
            boolean over,
            long messagesSent,
            long bytesSent,
            long messagesReceived,
            long bytesReceived) {}
}

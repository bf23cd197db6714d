package dev.yodel.webrtc.internal.transport;

import dev.yodel.sctp.SctpOptions;
import org.jspecify.annotations.Nullable;

/**
 * What was negotiated for the data channels of a transport, by value.
 *
 * @param localPort our SCTP port
 * @param remotePort the peer's SCTP port
 * @param maxReceiveBytes the largest message that comes whole
 * @param unlimited whether larger ones come in pieces; else {@code maxReceiveBytes} was announced as the limit
 * @param maxSendBytes the largest message that the peer takes and our buffer holds
 * @param maxRemoteChannels how many channels the peer may have open at the same time
 * @param localInit our INIT in base64, if the association needs no handshake; else null
 * @param remoteInit the peer's; null if ours is
 */
public record DataPlan(
        int localPort,
        int remotePort,
        int maxReceiveBytes,
        boolean unlimited,
        long maxSendBytes,
        int maxRemoteChannels,
        @Nullable String localInit,
        @Nullable String remoteInit) {
    private static final SctpOptions DEFAULTS = SctpOptions.defaults();

    /**
     * What an association is made of.
     *
     * @param localPort our SCTP port
     * @param remotePort the peer's SCTP port
     * @param maxReceiveBytes the largest message that comes whole
     * @param unlimited whether larger ones come in pieces
     * @return the options
     */
    public static SctpOptions sctpOptions(int localPort, int remotePort, int maxReceiveBytes, boolean unlimited) {
        SctpOptions options = new SctpOptions(
                localPort,
                remotePort,
                DEFAULTS.packetBytes(),
                Math.max(DEFAULTS.receiveBufferBytes(), 2 * maxReceiveBytes),
                Integer.MAX_VALUE,
                maxReceiveBytes,
                Integer.MAX_VALUE);
        return unlimited ? options.withPiecesAbove(maxReceiveBytes) : options;
    }
}

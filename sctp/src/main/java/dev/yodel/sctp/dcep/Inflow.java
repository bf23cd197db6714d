package dev.yodel.sctp.dcep;

import dev.yodel.io.Bytes;
import dev.yodel.sctp.SctpAssociation;
import dev.yodel.sctp.SctpEvent;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What are the peer's messages to the users of channels: whose, text or binary, whole, empty or a piece? What they take of
 * the window stays taken until it is released. It knows no DCEP. RFC 8831 6.6.
 */
final class Inflow {
    private final SctpAssociation association;
    private final ChannelTable table;
    private final Closing closing;
    private final int maxReceiveBytes;
    private final Queue<DataChannelEvent> events;
    private final DataChannelCounters counters;

    Inflow(
            SctpAssociation association,
            ChannelTable table,
            Closing closing,
            int maxReceiveBytes,
            Queue<DataChannelEvent> events,
            DataChannelCounters counters) {
        this.association = association;
        this.table = table;
        this.closing = closing;
        this.maxReceiveBytes = maxReceiveBytes;
        this.events = events;
        this.counters = counters;
    }

    /** RFC 8831 6.7: a channel that is being closed delivers nothing; an unknown one never did. */
    private static boolean isTaking(@Nullable Channel channel) {
        return channel != null && channel.state == Channel.State.OPEN;
    }

    /** A message that is not DCEP's. */
    void handleMessage(@Nullable Channel channel, int ppid, byte[] data) {
        if (channel == null || !isTaking(channel)) {
            counters.messagesDropped++;
            return;
        }
        channel.orderedUntilAnswer = false;
        switch (ppid) {
            case PayloadProtocol.TEXT -> deliver(channel, true, data);
            case PayloadProtocol.BINARY -> deliver(channel, false, data);
            case PayloadProtocol.TEXT_EMPTY -> deliver(channel, true, Bytes.EMPTY);
            case PayloadProtocol.BINARY_EMPTY -> deliver(channel, false, Bytes.EMPTY);
            case PayloadProtocol.TEXT_PARTIAL, PayloadProtocol.BINARY_PARTIAL -> keep(channel, data);
            default -> counters.messagesDropped++;
        }
    }

    /** Large messages of users come in pieces; what else is that large says nothing that is known. */
    void handlePiece(SctpEvent.MessagePiece piece) {
        Channel channel = table.get(piece.streamId());
        if (channel == null || !isTaking(channel)) {
            counters.messagesDropped += piece.last() ? 1 : 0;
            return;
        }
        switch (piece.ppid()) {
            case PayloadProtocol.TEXT, PayloadProtocol.BINARY -> deliverPiece(channel, piece);
            case PayloadProtocol.TEXT_PARTIAL, PayloadProtocol.BINARY_PARTIAL -> keep(channel, piece.data());
            default -> counters.messagesDropped += piece.last() ? 1 : 0;
        }
    }

    private void deliverPiece(Channel channel, SctpEvent.MessagePiece piece) {
        channel.orderedUntilAnswer = false;
        byte[] data = piece.data();
        if (piece.first() && channel.partialBytes() > 0) {
            association.release(channel.partialBytes());
            data = channel.complete(data);
        }
        association.hold(data.length + (long) DataChannels.MESSAGE_OVERHEAD_BYTES);
        boolean text = piece.ppid() == PayloadProtocol.TEXT;
        events.add(new DataChannelEvent.Piece(channel.id, text, data, piece.unordered(), piece.first(), piece.last()));
    }

    /** The rest of a message that came in pieces will not come. */
    void handleAbandoned(SctpEvent.MessageAbandoned abandoned) {
        Channel channel = table.get(abandoned.streamId());
        if (channel != null && isTaking(channel)) {
            events.add(new DataChannelEvent.Abandoned(channel.id, abandoned.unordered()));
        }
    }

    private void keep(Channel channel, byte[] piece) {
        if (channel.keepPartial(piece, maxReceiveBytes)) {
            association.hold(piece.length);
        } else {
            closing.fail(channel, "the peer sent a message of more than " + maxReceiveBytes + " bytes");
        }
    }

    private void deliver(Channel channel, boolean text, byte[] last) {
        association.release(channel.partialBytes());
        byte[] data = channel.complete(last);
        association.hold(data.length + (long) DataChannels.MESSAGE_OVERHEAD_BYTES);
        events.add(new DataChannelEvent.Message(channel.id, text, data));
    }
}

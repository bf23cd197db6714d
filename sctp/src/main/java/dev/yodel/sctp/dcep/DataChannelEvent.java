package dev.yodel.sctp.dcep;

import dev.yodel.sctp.SctpEvent;
import org.jspecify.annotations.Nullable;

/** What {@link DataChannels} tells its owner. */
public sealed interface DataChannelEvent {
    /**
     * The association is up.
     *
     * @param maxChannels how many channels it can carry
     */
    record TransportConnected(int maxChannels) implements DataChannelEvent {}

    /**
     * The association has ended. The {@link Closed} events of all channels came before.
     *
     * @param failure why it broke; null if it ended in peace
     */
    record TransportClosed(SctpEvent.@Nullable Failed failure) implements DataChannelEvent {}

    /**
     * A channel that we opened can be used.
     *
     * @param id its stream
     */
    record Opened(int id) implements DataChannelEvent {}

    /**
     * The peer has opened a channel, which can be used.
     *
     * @param id its stream
     * @param parameters what it is like
     */
    record Announced(int id, ChannelParameters parameters) implements DataChannelEvent {}

    /**
     * A message came. Its bytes count against the receive window until {@link DataChannels#release}.
     *
     * @param id the channel's stream
     * @param text whether it is a text in UTF-8 (which nobody has checked), else binary
     * @param data its bytes, possibly none, owned by the receiver of the event
     */
    @SuppressWarnings("ArrayRecordComponent") // fresh bytes that the receiver owns; events are never compared
    record Message(int id, boolean text, byte[] data) implements DataChannelEvent {}

    /**
     * A piece of a message came that is larger than those that come whole ({@link
     * dev.yodel.sctp.SctpOptions#piecesAboveBytes}). Its bytes count like a message's. Of one channel an ordered and an
     * unordered message may arrive at the same time, piece by piece each in its order.
     *
     * @param id the channel's stream
     * @param text whether the message is a text in UTF-8 (which nobody has checked), else binary
     * @param data the piece's bytes, owned by the receiver of the event
     * @param unordered whether the message was sent unordered
     * @param first whether the message begins with it
     * @param last whether the message is whole with it
     */
    @SuppressWarnings("ArrayRecordComponent") // fresh bytes that the receiver owns; events are never compared
    record Piece(int id, boolean text, byte[] data, boolean unordered, boolean first, boolean last)
            implements DataChannelEvent {}

    /**
     * The rest of a message will not come of which a {@link Piece} came.
     *
     * @param id the channel's stream
     * @param unordered whether the message was sent unordered
     */
    record Abandoned(int id, boolean unordered) implements DataChannelEvent {}

    /**
     * The peer closes a channel: it sends nothing more. Ours goes when all that waits is sent.
     *
     * @param id its stream
     */
    record RemoteClosing(int id) implements DataChannelEvent {}

    /**
     * A channel is gone.
     *
     * @param id its stream
     * @param failure why it broke; null if it was closed by either side
     */
    record Closed(int id, @Nullable ChannelFailure failure) implements DataChannelEvent {}
}

package dev.yodel.ice.turn;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.RandomSource;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What a TURN server has to send and to tell, until its owner drains it. Bounded. One thread only. */
final class ServerOutbox {
    /** Every input makes one packet at most, and owners drain after 64 inputs; a stream's bytes may hold more. */
    private static final int MOST_TRANSMITS = 8192;

    private static final int BUFFER_BYTES = 2048;
    private static final int MOST_SPARE_BUFFERS = 256;

    private final ArrayDeque<TurnTransmit> transmits = new ArrayDeque<>();
    private final ArrayDeque<TurnServerEvent> events = new ArrayDeque<>();
    /** Reused, so that relaying by channels makes no garbage but the small records. */
    private final ArrayDeque<byte[]> spare = new ArrayDeque<>();

    private final TurnServerCounters counters;
    private final RandomSource random;
    private @Nullable TurnTransmit last;

    ServerOutbox(TurnServerCounters counters, RandomSource random) {
        this.counters = counters;
        this.random = random;
    }

    void event(TurnServerEvent event) {
        events.add(event);
    }

    @Nullable
    TurnServerEvent pollEvent() {
        return events.poll();
    }

    @Nullable
    TurnTransmit pollTransmit() {
        TurnTransmit before = last;
        if (before != null && before.reusable && spare.size() < MOST_SPARE_BUFFERS) {
            spare.add(before.data());
        }
        last = transmits.poll();
        return last;
    }

    /** A STUN message for a client. */
    void answer(ClientPath client, byte[] message) {
        add(new TurnTransmit(client.socketId(), remote(client), message, 0, message.length, false, false));
    }

    /** The same, out of another listening socket (RFC 5780 section 6.1). */
    void answerFrom(int socketId, InetSocketAddress client, byte[] message) {
        add(new TurnTransmit(socketId, client, message, 0, message.length, false, false));
    }

    /**
     * A client's data for a peer.
     *
     * @param borrowed whether the bytes stay until the next drain, or must be copied
     */
    void toPeer(int relayId, InetSocketAddress peer, byte[] data, int offset, int length, boolean borrowed) {
        if (borrowed) {
            add(new TurnTransmit(relayId, peer, data, offset, length, true, false));
            return;
        }
        byte[] copy = buffer(length);
        System.arraycopy(data, offset, copy, 0, length);
        add(new TurnTransmit(relayId, peer, copy, 0, length, true, copy.length == BUFFER_BYTES));
    }

    /** A peer's data for a client, by a channel (RFC 8656 section 12.7). */
    void channelData(ClientPath client, int channel, byte[] data, int offset, int length) {
        int size = ChannelData.HEADER_LENGTH + length;
        int padded = client.stream() ? size + 3 & ~3 : size;
        byte[] message = buffer(padded);
        ChannelData.writeHeader(message, 0, channel, length);
        System.arraycopy(data, offset, message, ChannelData.HEADER_LENGTH, length);
        for (int i = size; i < padded; i++) {
            message[i] = 0;
        }
        add(new TurnTransmit(
                client.socketId(), remote(client), message, 0, padded, true, message.length == BUFFER_BYTES));
    }

    /** A peer's data for a client, without a channel (RFC 8656 section 11.3). */
    void dataIndication(ClientPath client, InetSocketAddress peer, byte[] data, int offset, int length) {
        byte[] message = new StunWriter(StunClass.INDICATION, TurnMethod.DATA, TransactionId.random(random))
                .xorAddress(StunAttribute.XOR_PEER_ADDRESS, peer)
                .bytes(StunAttribute.DATA, data, offset, length)
                .toByteArray();
        add(new TurnTransmit(client.socketId(), remote(client), message, 0, message.length, true, false));
    }

    private byte[] buffer(int length) {
        if (length > BUFFER_BYTES) {
            return new byte[length];
        }
        byte[] buffer = spare.poll();
        return buffer == null ? new byte[BUFFER_BYTES] : buffer;
    }

    private static @Nullable InetSocketAddress remote(ClientPath client) {
        return client.stream() ? null : client.remote();
    }

    private void add(TurnTransmit transmit) {
        if (transmits.size() >= MOST_TRANSMITS) {
            counters.overflow++;
        } else {
            transmits.add(transmit);
        }
    }
}

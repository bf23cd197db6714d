package dev.yodel.ice;

import dev.yodel.ice.turn.TurnClient;
import dev.yodel.io.Datagram;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way of data through an {@link IceAgent}: which datagrams count, and where ours go. It makes no garbage on a direct
 * pair, nor on a relayed one with a bound channel. The agent's thread only.
 */
public final class IceDataPath {
    private final Gatherer gatherer;
    private final IceCounters counters;
    private @Nullable Pair selected;

    IceDataPath(Gatherer gatherer, IceCounters counters) {
        this.gatherer = gatherer;
        this.counters = counters;
    }

    void select(@Nullable Pair pair) {
        selected = pair;
    }

    /**
     * Whether data from an address counts: only after an authenticated check from there, or an answer to ours. Counts the
     * datagram.
     *
     * @param socketId the socket it came to, or what {@link IceAgent#unwrap} has returned
     * @param remote who sent it
     * @param length count of bytes
     * @param now time of arrival
     * @return where it came from, which may be asked about what follows from there; null to drop it
     */
    public @Nullable DataSource accepts(int socketId, InetSocketAddress remote, int length, long now) {
        Base base = gatherer.base(socketId);
        Path path = base == null ? null : base.validated(remote);
        if (path == null) {
            counters.unvalidatedData++;
            return null;
        }
        DataSource source = path.source;
        source.count(length, now);
        return source;
    }

    /**
     * What is known about an address whose data counts.
     *
     * @param socketId the socket
     * @param remote an address
     * @return null until somebody there has proved to be the peer
     */
    public @Nullable DataSource source(int socketId, InetSocketAddress remote) {
        Base base = gatherer.base(socketId);
        Path path = base == null ? null : base.validated(remote);
        return path == null ? null : path.source;
    }

    /**
     * Puts an object of the driver's in the place of what {@link #source} has returned. It goes on counting where that one
     * stopped, which takes no data any more.
     *
     * @param socketId the socket
     * @param remote an address
     * @param source whose {@link DataSource#takes} is asked from now on; for this address only
     */
    public void adopt(int socketId, InetSocketAddress remote, DataSource source) {
        Base base = gatherer.base(socketId);
        Path path = base == null ? null : base.validated(remote);
        if (path != null && path.source != source) {
            source.follow(path.source);
            path.source = source;
        }
    }

    /**
     * Every source there is, also those whose data does not count at present.
     *
     * @param visitor called for each before this returns; changes nothing
     */
    public void forEachSource(Consumer<DataSource> visitor) {
        for (Base base : gatherer.bases()) {
            base.paths.values().forEach(path -> visitor.accept(path.source));
        }
    }

    /**
     * The socket that data goes out on.
     *
     * @param now time
     * @return its id, or -1 if there is no selected pair with consent (RFC 7675 section 5.1)
     */
    public int socketId(long now) {
        Pair pair = selected;
        return pair == null || pair.doubted || now - pair.consentedAt >= ConsentKeeper.EXPIRY_NANOS
                ? -1
                : pair.base.socketId();
    }

    /**
     * Where data goes to; ask {@link #socketId} first.
     *
     * @return the selected pair's remote address, or its TURN server's if it is relayed
     * @throws IllegalStateException if there is no selected pair
     */
    public InetSocketAddress remote() {
        Pair pair = selected;
        if (pair == null) {
            throw new IllegalStateException("no pair is selected: ask socketId first");
        }
        RelaySocket relay = pair.base.relay;
        return relay == null ? pair.remote.address : relay.client.server();
    }

    /**
     * Whether data must go through {@link #wrap}.
     *
     * @return true if the selected pair's local candidate is a relayed one, or one of TCP
     */
    public boolean isWrapped() {
        Pair pair = selected;
        return pair != null && (pair.base.relay != null || pair.base.stream != null);
    }

    /**
     * Wraps data for the TURN server of the selected pair (RFC 8656 sections 11, 12), or for its stream (RFC 4571).
     * The agent may have datagrams to send after it.
     *
     * @param data borrowed
     * @param offset first byte
     * @param length count of bytes
     * @param into target with room for {@code length} and {@link TurnClient#MAX_OVERHEAD}
     * @param now time
     * @return count of bytes written, to be sent to {@link #remote}
     * @throws IllegalStateException if the selected pair is neither relayed nor a stream
     */
    public int wrap(byte[] data, int offset, int length, byte[] into, long now) {
        Pair pair = selected;
        RelaySocket relay = pair == null ? null : pair.base.relay;
        if (pair != null && pair.base.stream != null) {
            StreamFrames.writeHeader(into, 0, length);
            System.arraycopy(data, offset, into, StreamFrames.HEADER_LENGTH, length);
            return StreamFrames.HEADER_LENGTH + length;
        }
        if (pair == null || relay == null) {
            throw new IllegalStateException("the selected pair takes datagrams: ask isWrapped first");
        }
        int size = relay.client.wrap(pair.remote.address, data, offset, length, into, now);
        gatherer.relays().settle(relay, now);
        return size;
    }

    /**
     * Data was sent to the selected pair.
     *
     * @param length count of bytes, without TURN's
     * @param now time
     */
    public void countSent(int length, long now) {
        Pair pair = selected;
        if (pair != null) {
            pair.path.packetsSent++;
            pair.path.bytesSent += length;
            pair.path.lastDataSentNanos = now;
        }
    }

    /**
     * Data for the selected pair was given up, because the socket was full or gone.
     *
     * @param length count of bytes, without TURN's
     */
    public void countDiscarded(int length) {
        Pair pair = selected;
        if (pair != null) {
            pair.path.packetsDiscarded++;
            pair.path.bytesDiscarded += length;
        }
    }

    /**
     * Whether a socket is one to a TURN server, whose datagrams go to {@link IceAgent#unwrap(int, Datagram, long)} first.
     *
     * @param socketId which
     * @return true for a relay's socket
     */
    public boolean isRelay(int socketId) {
        return gatherer.relays().owns(socketId);
    }
}

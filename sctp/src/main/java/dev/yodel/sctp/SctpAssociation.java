package dev.yodel.sctp;

import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import dev.yodel.sctp.packet.ErrorCause;
import dev.yodel.sctp.packet.InitChunk;
import dev.yodel.sctp.state.Handshake;
import dev.yodel.sctp.tx.OutMessage;
import org.jspecify.annotations.Nullable;

/**
 * One SCTP association over a datagram path that somebody else secures, as a protocol core. It owns no socket, clock or
 * thread and knows no data channels. After each input its owner drains {@link #pollTransmit} and {@link #pollEvent} and
 * reads {@link #nextTimeout}. Nothing a peer sends makes it throw. One thread only. RFC 9260, 3758, 6525, 8261.
 */
public final class SctpAssociation {
    /** With so much to send, larger packets are worth probes. */
    private static final int MUCH_BYTES = 16 << 10;

    private final Life life;
    private final Incoming incoming;
    private final Outgoing outgoing;
    private final SctpCounters counters;

    /**
     * An association that answers the peer's INIT and begins nothing itself before {@link #connect}.
     *
     * @param options options
     * @param random cryptographically strong in production
     */
    public SctpAssociation(SctpOptions options, RandomSource random) {
        this.life = new Life(options, random);
        this.incoming = new Incoming(life);
        this.outgoing = new Outgoing(life);
        this.counters = new SctpCounters(life.counts);
    }

    /**
     * Begins the handshake; harmless when it is under way or done. RFC 9260 5.1.
     *
     * @param now time
     */
    public void connect(long now) {
        if (!life.isClosed()) {
            life.handshake.connect(now);
        }
    }

    /**
     * Is established at once, because both INITs were exchanged by signaling; no timer starts. To be called when DTLS has
     * connected; harmless when a handshake is under way or done. draft-hancke-tsvwg-snap-00.
     *
     * @param localInit ours, from {@link SctpInit#generate} with the options of this association
     * @param remoteInit the peer's, which {@link SctpInit#isValid} has passed
     * @param now time
     * @throws IllegalArgumentException if one of them is not an INIT
     */
    public void connect(byte[] localInit, byte[] remoteInit, long now) {
        InitChunk ours = InitChunk.parse(localInit);
        InitChunk theirs = InitChunk.parse(remoteInit);
        if (ours == null || theirs == null || !Handshake.isUsable(ours) || !Handshake.isUsable(theirs)) {
            throw new IllegalArgumentException("an association needs two INITs: ask SctpInit.isValid before");
        }
        Handshake.Opening opening = life.isClosed() ? null : life.handshake.agree(ours, theirs);
        if (opening != null) {
            life.begin(opening);
            life.establish(now);
        }
    }

    /**
     * The state.
     *
     * @return the state
     */
    public SctpState state() {
        return life.state();
    }

    /**
     * Counters.
     *
     * @return live view
     */
    public SctpCounters counters() {
        return counters;
    }

    /**
     * The smoothed round trip.
     *
     * @return nanoseconds, -1 before the first measurement
     */
    public long smoothedRoundTripNanos() {
        return life.timeout().smoothedNanos();
    }

    /**
     * The congestion window.
     *
     * @return bytes, 0 before the handshake ended
     */
    public long congestionWindowBytes() {
        Transfer current = life.transfer();
        return current == null ? 0 : current.sender.windowBytes();
    }

    /**
     * The largest packet that is sent now: {@link SctpOptions#packetBytes}, or what the path was found to carry.
     *
     * @return bytes
     */
    public int packetBytes() {
        return life.path.packetBytes();
    }

    /**
     * The largest packet that {@link #pollTransmit} may write next.
     *
     * @return bytes
     */
    public int roomBytes() {
        return life.path.roomBytes();
    }

    /**
     * Whether what {@link #pollTransmit} wrote last only asks whether the path carries it: it goes out in one piece
     * or not at all. RFC 8899 3.
     *
     * @return false for everything else
     */
    public boolean isProbe() {
        return outgoing.isProbe();
    }

    /**
     * DATA chunks that were sent again.
     *
     * @return count
     */
    public long retransmissions() {
        return life.counts.retransmissions;
    }

    /**
     * The heap that the peer's data takes: pieces, messages not polled, and what the owner holds.
     *
     * @return bytes
     */
    public long receiveHeapBytes() {
        return life.window.heapBytes();
    }

    /**
     * The heap of messages that are not wholly acknowledged.
     *
     * @return bytes
     */
    public long sendHeapBytes() {
        Transfer current = life.transfer();
        return life.queue().heapBytes() + (current == null ? 0 : current.sender.outstandingHeapBytes());
    }

    /**
     * Bytes of a stream's messages that were not sent once.
     *
     * @param streamId 0 to 65534
     * @return bytes
     */
    public long bufferedAmount(int streamId) {
        return life.queue().bufferedBytes(streamId);
    }

    /**
     * Queues a message; also before the handshake ended. What is queued for streams that the peer then turns out not to
     * take is dropped, see {@link SctpEvent.Connected#maxStreams}.
     *
     * @param streamId 0 to 65534
     * @param ppid payload protocol identifier
     * @param data one byte or more; must not be changed afterwards
     * @param sendOptions order and reliability
     * @param now time
     * @return whether it was taken, and why not
     */
    public SctpSendResult send(int streamId, int ppid, byte[] data, SendOptions sendOptions, long now) {
        checkStream(streamId);
        if (data.length == 0) {
            throw new IllegalArgumentException("a message needs a byte at least; RFC 8831 6.6 says how to send none");
        }
        if (state().compareTo(SctpState.ESTABLISHED) > 0) {
            return SctpSendResult.CLOSED;
        }
        if (streamId >= life.outboundStreams()) {
            return SctpSendResult.NO_SUCH_STREAM;
        }
        if (data.length > life.options.maxSendMessageBytes()) {
            return SctpSendResult.TOO_LARGE;
        }
        if (sendHeapBytes() + data.length > life.options.sendBufferBytes()) {
            return SctpSendResult.BUFFER_FULL;
        }
        life.queue()
                .add(new OutMessage(
                        streamId,
                        ppid,
                        data,
                        sendOptions.unordered(),
                        sendOptions.maxRetransmits(),
                        // A message lives all through its lifetime, also through one of 0.
                        Time.after(Time.after(now, sendOptions.lifetimeNanos()), Time.MILLISECOND)));
        if (life.transfer() != null && life.queue().heapBytes() >= MUCH_BYTES) {
            life.path.want();
        }
        return SctpSendResult.ACCEPTED;
    }

    /**
     * Resets our side of a stream when all its messages were sent. The answer is {@link SctpEvent.LocalStreamsReset}.
     *
     * @param streamId 0 to 65534
     */
    public void resetStream(int streamId) {
        Transfer current = life.transfer();
        if (current == null) {
            life.events.add(new SctpEvent.LocalStreamsReset(new int[] {streamId}, false));
        } else {
            current.resets.want(streamId);
        }
    }

    /**
     * Takes the peer's side of streams for reset, though the peer has not asked for that: its request was lost and it
     * does not ask again, as RFC 6525 5.1.1 would have it. It is told that its request was performed. If the request
     * comes after all, it has no further effect on these streams, and there is no event.
     *
     * @param streamIds 0 to 65534 each
     */
    public void presumeReset(int[] streamIds) {
        Transfer current = life.transfer();
        if (current != null) {
            current.resets.presume(streamIds);
        }
    }

    /**
     * Asks the peer for a sign of life; {@link #heardAt} shows it.
     *
     * @param now time
     */
    public void askForLife(long now) {
        if (state() == SctpState.ESTABLISHED) {
            life.heartbeat.expire(now);
        }
    }

    /**
     * When the peer was heard last.
     *
     * @return time of its last packet that was looked at; 0 before the first
     */
    public long heardAt() {
        return life.heardAt();
    }

    /**
     * From now on, messages of a stream that are larger than a threshold come as {@link SctpEvent.MessagePiece}s while
     * they arrive, whatever their size; smaller ones come whole as ever. Pieces are held and released like messages.
     *
     * @param streamId 0 to 65534
     * @param thresholdBytes 0 (every message comes in pieces) to half of the receive buffer
     * @throws IllegalArgumentException if the stream or the threshold cannot be
     */
    public void receiveInPieces(int streamId, int thresholdBytes) {
        checkStream(streamId);
        life.options.checkPieces(thresholdBytes);
        setThreshold(streamId, thresholdBytes);
    }

    /**
     * From now on, messages of a stream come whole and are limited in size, whatever the options say; one that is being
     * delivered in pieces goes on so.
     *
     * @param streamId 0 to 65534
     * @throws IllegalArgumentException if the stream cannot be
     */
    public void receiveWhole(int streamId) {
        checkStream(streamId);
        setThreshold(streamId, -1);
    }

    private void setThreshold(int streamId, int thresholdBytes) {
        life.thresholds.set(streamId, thresholdBytes);
        Transfer current = life.transfer();
        if (current != null) {
            current.receiver.thresholdChanged(streamId);
        }
    }

    /**
     * A stream's share where messages are interleaved, against the shares of others; without interleaving streams take
     * turns message by message. RFC 8831 6.4, 8260 3.6.
     *
     * @param streamId 0 to 65534
     * @param weight 1 to 65535: 128, 256 (the default), 512 and 1024 for W3C's priorities; ends with a reset of the stream
     * @throws IllegalArgumentException if the stream or the weight cannot be
     */
    public void setStreamPriority(int streamId, int weight) {
        checkStream(streamId);
        if (weight < 1 || weight > 65_535) {
            throw new IllegalArgumentException("a weight is 1 to 65535, not " + weight);
        }
        life.queue().setWeight(streamId, weight);
    }

    /**
     * Another path is used from now on, or the first one. Packets are {@link SctpOptions#packetBytes} long on it, until
     * there is much to send and probes show that it carries larger ones. RFC 8899.
     *
     * @param limitBytes the largest packet that it may carry, 0 to 65,000; no more than {@link SctpOptions#packetBytes} to
     *     send no probes
     */
    public void pathChanged(int limitBytes) {
        if (limitBytes < 0 || limitBytes > 65_000) {
            throw new IllegalArgumentException("a packet is 0 to 65000 bytes long, not " + limitBytes);
        }
        life.path.pathChanged(limitBytes);
    }

    private static void checkStream(int streamId) {
        if (streamId < 0 || streamId >= Handshake.MAX_STREAMS) {
            throw new IllegalArgumentException("a stream id is 0 to 65534, not " + streamId);
        }
    }

    /**
     * Counts bytes of delivered messages against the receive window, because a consumer is slow.
     *
     * @param bytes not negative
     */
    public void hold(long bytes) {
        life.window.hold(bytes);
    }

    /**
     * Gives back what {@link #hold} took; tells the peer when its window opens.
     *
     * @param bytes not negative
     */
    public void release(long bytes) {
        life.window.release(bytes);
        noteRoom();
    }

    private void noteRoom() {
        Transfer current = life.transfer();
        if (current != null) {
            current.receiver.noteRoom();
        }
    }

    /**
     * Ends in peace: sends what is queued, then shuts down. Before the association is established it ends at once; the
     * peer, if it has answered, is told by an ABORT. RFC 9260 9.2.
     *
     * @param now time
     */
    public void close(long now) {
        SctpState state = state();
        if (state.compareTo(SctpState.ESTABLISHED) < 0) {
            life.breakOff(ErrorCause.USER_ABORT, "closed before it was open", new SctpEvent.Closed());
        } else if (state == SctpState.ESTABLISHED) {
            life.shutdown.begin();
            life.progressShutdown(now);
        }
    }

    /**
     * Ends at once and tells the peer why. RFC 9260 9.1.
     *
     * @param reason a text for people; 200 bytes of it are sent
     */
    public void abort(String reason) {
        if (!life.isClosed()) {
            life.breakOff(ErrorCause.USER_ABORT, reason, new SctpEvent.Closed());
        }
    }

    /**
     * Takes a packet of the peer.
     *
     * @param data holds the packet; not kept
     * @param offset first byte
     * @param length bytes of the packet
     * @param now time
     */
    public void handlePacket(byte[] data, int offset, int length, long now) {
        incoming.handlePacket(data, offset, length, now);
    }

    /**
     * When {@link #handleTimeout} is due.
     *
     * @return a deadline, {@link Time#NEVER} if nothing is timed
     */
    public long nextTimeout() {
        return life.deadlines.next();
    }

    /**
     * Does what is due; harmless when called early or twice.
     *
     * @param now time
     */
    public void handleTimeout(long now) {
        outgoing.handleTimeout(now);
    }

    /**
     * The next event.
     *
     * @return null if there is none
     */
    public @Nullable SctpEvent pollEvent() {
        SctpEvent event = life.events.poll();
        if (event != null && life.window.polled(event)) {
            noteRoom();
        }
        return event;
    }

    /**
     * Writes the next packet.
     *
     * @param into target with room for {@link #roomBytes}
     * @param offset first byte written
     * @param now time
     * @return the packet's bytes; 0 if there is nothing to send
     */
    public int pollTransmit(byte[] into, int offset, long now) {
        return outgoing.poll(into, offset, now);
    }
}

package dev.yodel.sctp;

import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import dev.yodel.sctp.packet.AbortCause;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.ErrorCause;
import dev.yodel.sctp.packet.InitChunk;
import dev.yodel.sctp.packet.OpaqueChunk;
import dev.yodel.sctp.packet.PacketBuilder;
import dev.yodel.sctp.packet.SctpPacket;
import dev.yodel.sctp.packet.ShutdownChunk;
import dev.yodel.sctp.packet.SignalChunk;
import dev.yodel.sctp.packet.UnknownChunk;
import dev.yodel.sctp.rx.PieceThresholds;
import dev.yodel.sctp.rx.ReceiveWindow;
import dev.yodel.sctp.rx.Receiver;
import dev.yodel.sctp.rx.Violation;
import dev.yodel.sctp.state.ControlQueue;
import dev.yodel.sctp.state.Counts;
import dev.yodel.sctp.state.Deadlines;
import dev.yodel.sctp.state.Handshake;
import dev.yodel.sctp.state.Heartbeat;
import dev.yodel.sctp.state.Intake;
import dev.yodel.sctp.state.PathMtu;
import dev.yodel.sctp.state.Shutdown;
import dev.yodel.sctp.state.StreamResets;
import dev.yodel.sctp.state.Timer;
import dev.yodel.sctp.tx.OutMessage;
import dev.yodel.sctp.tx.RetransmissionTimeout;
import dev.yodel.sctp.tx.SendQueue;
import dev.yodel.sctp.tx.Sender;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One SCTP association over a datagram path that somebody else secures, as a protocol core. It owns no socket, clock or
 * thread and knows no data channels. After each input its owner drains {@link #pollTransmit} and {@link #pollEvent} and
 * reads {@link #nextTimeout}. Nothing a peer sends makes it throw. One thread only. RFC 9260, 3758, 6525, 8261.
 */
public final class SctpAssociation {
    /** With so much to send, larger packets are worth probes. */
    private static final int MUCH_BYTES = 16 << 10;

    private final SctpOptions options;
    private final Counts counts = new Counts();
    private final SctpCounters counters = new SctpCounters(counts);
    private final ArrayDeque<SctpEvent> events = new ArrayDeque<>();
    private final Deadlines deadlines = new Deadlines();
    private final ControlQueue control;
    private final Intake intake;
    private final Handshake handshake;
    private final Shutdown shutdown;
    private final Heartbeat heartbeat;
    private final ReceiveWindow window;
    private final PieceThresholds thresholds;
    private final PathMtu path;
    private final PacketBuilder packet;
    private SendQueue queue = new SendQueue(counts);
    private RetransmissionTimeout timeout = new RetransmissionTimeout();
    private @Nullable Transfer transfer;
    private int outboundStreams = Handshake.MAX_STREAMS;
    private boolean zeroChecksumAllowed;
    private boolean closed;
    private boolean probePolled;

    /**
     * An association that answers the peer's INIT and begins nothing itself before {@link #connect}.
     *
     * @param options options
     * @param random cryptographically strong in production
     */
    public SctpAssociation(SctpOptions options, RandomSource random) {
        this.options = options;
        this.control = new ControlQueue(counts, options.packetBytes());
        this.intake = new Intake(counts, options.zeroChecksum());
        this.handshake = new Handshake(options, random, counts, control, deadlines);
        this.shutdown = new Shutdown(control, deadlines);
        this.heartbeat = new Heartbeat(random, control, deadlines);
        this.window = new ReceiveWindow(options);
        this.thresholds = new PieceThresholds(options.piecesAboveBytes());
        this.path = new PathMtu(options.packetBytes(), random, () -> timeout.nanos(), deadlines, counts);
        this.packet = new PacketBuilder(options.localPort(), options.remotePort(), options.packetBytes());
    }

    /**
     * Begins the handshake; harmless when it is under way or done. RFC 9260 5.1.
     *
     * @param now time
     */
    public void connect(long now) {
        if (!closed) {
            handshake.connect(now);
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
        Handshake.Opening opening = closed ? null : handshake.agree(ours, theirs);
        if (opening != null) {
            begin(opening);
            establish(now);
        }
    }

    /**
     * The state.
     *
     * @return the state
     */
    public SctpState state() {
        if (closed) {
            return SctpState.CLOSED;
        }
        SctpState opening = handshake.state();
        return opening == SctpState.ESTABLISHED ? shutdown.state() : opening;
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
        return timeout.smoothedNanos();
    }

    /**
     * The congestion window.
     *
     * @return bytes, 0 before the handshake ended
     */
    public long congestionWindowBytes() {
        return transfer == null ? 0 : transfer.sender.windowBytes();
    }

    /**
     * The largest packet that is sent now: {@link SctpOptions#packetBytes}, or what the path was found to carry.
     *
     * @return bytes
     */
    public int packetBytes() {
        return path.packetBytes();
    }

    /**
     * The largest packet that {@link #pollTransmit} may write next.
     *
     * @return bytes
     */
    public int roomBytes() {
        return path.roomBytes();
    }

    /**
     * Whether what {@link #pollTransmit} wrote last only asks whether the path carries it: it goes out in one piece or not at
     * all. RFC 8899 3.
     *
     * @return false for everything else
     */
    public boolean isProbe() {
        return probePolled;
    }

    /**
     * DATA chunks that were sent again.
     *
     * @return count
     */
    public long retransmissions() {
        return counts.retransmissions;
    }

    /**
     * The heap that the peer's data takes: pieces, messages not polled, and what the owner holds.
     *
     * @return bytes
     */
    public long receiveHeapBytes() {
        return window.heapBytes();
    }

    /**
     * The heap of messages that are not wholly acknowledged.
     *
     * @return bytes
     */
    public long sendHeapBytes() {
        return queue.heapBytes() + (transfer == null ? 0 : transfer.sender.outstandingHeapBytes());
    }

    /**
     * Bytes of a stream's messages that were not sent once.
     *
     * @param streamId 0 to 65534
     * @return bytes
     */
    public long bufferedAmount(int streamId) {
        return queue.bufferedBytes(streamId);
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
        if (streamId >= outboundStreams) {
            return SctpSendResult.NO_SUCH_STREAM;
        }
        if (data.length > options.maxSendMessageBytes()) {
            return SctpSendResult.TOO_LARGE;
        }
        if (sendHeapBytes() + data.length > options.sendBufferBytes()) {
            return SctpSendResult.BUFFER_FULL;
        }
        queue.add(new OutMessage(
                streamId,
                ppid,
                data,
                sendOptions.unordered(),
                sendOptions.maxRetransmits(),
                // A message lives all through its lifetime, also through one of 0.
                Time.after(Time.after(now, sendOptions.lifetimeNanos()), Time.MILLISECOND)));
        if (transfer != null && queue.heapBytes() >= MUCH_BYTES) {
            path.want();
        }
        return SctpSendResult.ACCEPTED;
    }

    /**
     * Resets our side of a stream when all its messages were sent. The answer is {@link SctpEvent.LocalStreamsReset}.
     *
     * @param streamId 0 to 65534
     */
    public void resetStream(int streamId) {
        if (transfer == null) {
            events.add(new SctpEvent.LocalStreamsReset(new int[] {streamId}, false));
        } else {
            transfer.resets.want(streamId);
        }
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
        options.checkPieces(thresholdBytes);
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
        thresholds.set(streamId, thresholdBytes);
        if (transfer != null) {
            transfer.receiver.thresholdChanged(streamId);
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
        queue.setWeight(streamId, weight);
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
        path.pathChanged(limitBytes);
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
        window.hold(bytes);
    }

    /**
     * Gives back what {@link #hold} took; tells the peer when its window opens.
     *
     * @param bytes not negative
     */
    public void release(long bytes) {
        window.release(bytes);
        noteRoom();
    }

    private void noteRoom() {
        if (transfer != null) {
            transfer.receiver.noteRoom();
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
            breakOff(ErrorCause.USER_ABORT, "closed before it was open", new SctpEvent.Closed());
        } else if (state == SctpState.ESTABLISHED) {
            shutdown.begin();
            progressShutdown(now);
        }
    }

    /**
     * Ends at once and tells the peer why. RFC 9260 9.1.
     *
     * @param reason a text for people; 200 bytes of it are sent
     */
    public void abort(String reason) {
        if (!closed) {
            breakOff(ErrorCause.USER_ABORT, reason, new SctpEvent.Closed());
        }
    }

    private void breakOff(int cause, String text, SctpEvent event) {
        end(event);
        if (handshake.peerTag() != 0) {
            control.add(new OpaqueChunk(ChunkType.ABORT, 0, ErrorCause.text(cause, text)));
        }
    }

    private void end(SctpEvent event) {
        closed = true;
        control.clear();
        handshake.end();
        window.forgetPieces();
        transfer = null;
        queue = new SendQueue(counts);
        deadlines.clear();
        events.add(event);
    }

    private void fail(SctpEvent.Reason reason, String text) {
        end(new SctpEvent.Failed(reason, text));
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
        counts.packetsReceived++;
        counts.bytesReceived += length;
        if (closed) {
            return;
        }
        SctpPacket parsed = intake.take(data, offset, length, handshake.localTag(), handshake.peerTag());
        if (parsed == null) {
            return;
        }
        for (Chunk chunk : parsed.chunks()) {
            if (!handleChunk(chunk, parsed.verificationTag(), now)) {
                break;
            }
        }
        if (transfer != null) {
            transfer.receiver.endOfPacket(timeout.smoothedNanos(), now);
        }
        progressShutdown(now);
    }

    /** Whether the chunks behind it may be processed. */
    private boolean handleChunk(Chunk chunk, int tag, long now) {
        Transfer current = transfer;
        if (chunk instanceof DataChunk data) {
            return handleData(data);
        }
        if (chunk instanceof InitChunk init) {
            handleInit(init, now);
            return false;
        }
        if (chunk instanceof OpaqueChunk opaque) {
            return handleOpaque(opaque, tag, now);
        }
        if (chunk instanceof SignalChunk signal) {
            handleSignal(signal, now);
            return !closed;
        }
        if (chunk instanceof UnknownChunk unknown) {
            counts.unknownChunks++;
            if (unknown.wantsReport() && current != null) {
                control.report(ErrorCause.quote(ErrorCause.UNRECOGNIZED_CHUNK, SctpPacket.bytes(unknown)));
            }
            return unknown.maySkip();
        }
        if (current == null) {
            return true;
        }
        if (chunk instanceof ShutdownChunk ending) {
            if (handshake.state() == SctpState.ESTABLISHED) {
                current.sender.handleShutdownAck(ending.cumulativeTsnAck(), now);
                shutdown.handleShutdown(now);
            }
            return true;
        }
        return isFine(current.handle(chunk, now));
    }

    private boolean isFine(@Nullable Violation violation) {
        if (violation != null) {
            breakOff(violation.cause(), violation.wireText(), violation.event());
        }
        return violation == null;
    }

    private boolean handleData(DataChunk chunk) {
        SctpState state = state();
        boolean takesData = state == SctpState.ESTABLISHED
                || state == SctpState.SHUTDOWN_PENDING
                || state == SctpState.SHUTDOWN_SENT;
        if (transfer == null || !takesData) {
            counts.droppedChunks++;
            return true;
        }
        return isFine(transfer.receiver.handleData(chunk));
    }

    private void handleInit(InitChunk init, long now) {
        if (init.cookie() == null) {
            handshake.handleInit(init, state(), now);
            return;
        }
        Handshake.Opening opening = handshake.handleInitAck(init, now);
        if (opening != null) {
            begin(opening);
        }
    }

    private boolean handleOpaque(OpaqueChunk chunk, int tag, long now) {
        switch (chunk.type()) {
            case ChunkType.COOKIE_ECHO -> {
                return handleCookieEcho(chunk, tag, now);
            }
            case ChunkType.HEARTBEAT -> control.answer(new OpaqueChunk(ChunkType.HEARTBEAT_ACK, 0, chunk.value()));
            case ChunkType.HEARTBEAT_ACK -> {
                long roundTripNanos = path.handleAck(chunk.value(), now) ? -1 : heartbeat.handleAck(chunk.value(), now);
                if (roundTripNanos >= 0) {
                    timeout.measured(roundTripNanos);
                }
            }
            case ChunkType.ABORT -> {
                AbortCause cause = AbortCause.read(chunk.value());
                end(new SctpEvent.Failed(
                        SctpEvent.Reason.PEER_ABORTED,
                        "the peer aborted the association" + (cause.code() < 0 ? "" : ", " + cause.text()),
                        cause.code()));
                return false;
            }
            default -> {
                // RFC 9260 6.5.4: an ERROR of the peer asks for nothing, and is never answered (C15).
            }
        }
        return true;
    }

    private boolean handleCookieEcho(OpaqueChunk chunk, int tag, long now) {
        Handshake.Echo echo = handshake.handleCookieEcho(chunk.value(), tag, state(), now);
        if (echo instanceof Handshake.Echo.Accepted accepted) {
            if (accepted.restart()) {
                queue = new SendQueue(counts);
                timeout = new RetransmissionTimeout();
                events.add(new SctpEvent.Restarted());
            }
            begin(accepted.opening());
            measureHandshake(now - accepted.startedAt());
            establish(now);
        } else if (echo instanceof Handshake.Echo.Again again && again.ends()) {
            establish(now);
        }
        return !(echo instanceof Handshake.Echo.Refused);
    }

    /** A longer one may be that of something that was sent again. */
    private void measureHandshake(long roundTripNanos) {
        if (roundTripNanos > 0 && roundTripNanos < timeout.nanos()) {
            timeout.measured(roundTripNanos);
        }
    }

    private void begin(Handshake.Opening opening) {
        window.forgetPieces();
        outboundStreams = opening.outboundStreams();
        zeroChecksumAllowed = opening.capabilities().zeroChecksum();
        queue.limitStreams(outboundStreams);
        if (opening.capabilities().interleaving()) {
            queue.interleave(opening.peerWindowBytes() & 0xffff_ffffL, options.packetBytes());
        }
        path.begin(opening.capabilities().padding());
        deadlines.clear(Timer.SACK, Timer.RETRANSMISSION, Timer.PROBE, Timer.REORDERING, Timer.PACING, Timer.RESET);
        Sender sender = new Sender(options, queue, timeout, counts, deadlines, opening);
        Receiver receiver = new Receiver(options, opening, thresholds, window, events, control, counts, deadlines);
        StreamResets resets = new StreamResets(opening, queue, timeout, receiver, control, deadlines, events);
        transfer = new Transfer(sender, receiver, resets);
    }

    private void establish(long now) {
        shutdown.reset();
        heartbeat.begin(now);
        events.add(new SctpEvent.Connected(outboundStreams));
    }

    private void handleSignal(SignalChunk signal, long now) {
        switch (signal.type()) {
            case ChunkType.COOKIE_ACK -> {
                if (handshake.handleCookieAck()) {
                    measureHandshake(now - handshake.echoedAt());
                    establish(now);
                }
            }
            case ChunkType.SHUTDOWN_ACK -> {
                if (shutdown.isEndedByAck()) {
                    end(new SctpEvent.Closed());
                    control.add(new SignalChunk(ChunkType.SHUTDOWN_COMPLETE, 0));
                }
            }
            default -> {
                if (shutdown.isEndedByComplete()) {
                    end(new SctpEvent.Closed());
                }
            }
        }
    }

    private void progressShutdown(long now) {
        Transfer current = transfer;
        if (current != null && queue.isEmpty() && current.sender.isAllAcknowledged()) {
            shutdown.progress(current.receiver.cumulativeTsn(), now);
        }
    }

    /**
     * When {@link #handleTimeout} is due.
     *
     * @return a deadline, {@link Time#NEVER} if nothing is timed
     */
    public long nextTimeout() {
        return deadlines.next();
    }

    /**
     * Does what is due; harmless when called early or twice.
     *
     * @param now time
     */
    public void handleTimeout(long now) {
        for (Timer timer = deadlines.takeDue(now); timer != null; timer = deadlines.takeDue(now)) {
            expire(timer, now);
        }
        progressShutdown(now);
    }

    private void expire(Timer timer, long now) {
        Transfer current = transfer;
        switch (timer) {
            case HANDSHAKE -> {
                String text = handshake.expire(now);
                if (text != null) {
                    fail(SctpEvent.Reason.NO_ANSWER, text);
                }
            }
            case SHUTDOWN -> {
                if (current != null && !shutdown.expire(current.receiver.cumulativeTsn(), now)) {
                    end(new SctpEvent.Closed());
                }
            }
            case RETRANSMISSION, PROBE, REORDERING, PACING, RESET, SACK -> {
                long timeoutsBefore = counts.retransmissionTimeouts;
                if (current != null) {
                    current.expire(timer, now);
                }
                if (counts.retransmissionTimeouts > timeoutsBefore) {
                    path.suspect(now);
                }
            }
            case PATH -> path.expire(now);
            case HEARTBEAT -> heartbeat.expire(now);
        }
    }

    /**
     * The next event.
     *
     * @return null if there is none
     */
    public @Nullable SctpEvent pollEvent() {
        SctpEvent event = events.poll();
        if (event != null && window.polled(event)) {
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
        probePolled = false;
        ControlQueue.InitAnswer answer = control.pollInitAnswer();
        if (answer != null) {
            return finish(packet.begin(into, offset, answer.tag()).put(answer.chunk()));
        }
        InitChunk init = handshake.pollInit();
        if (init != null) {
            return finish(packet.begin(into, offset, 0).put(init));
        }
        boolean isUp = transfer != null && handshake.state() == SctpState.ESTABLISHED;
        probePolled = isUp && path.poll(packet, into, offset, handshake.peerTag(), now);
        if (probePolled) {
            return finish(packet);
        }
        packet.begin(into, offset, handshake.peerTag(), path.packetBytes());
        boolean isControlSent = control.drainTo(packet);
        if (transfer != null && isControlSent && isUp) {
            transfer.fill(packet, now);
        }
        return packet.isEmpty() ? 0 : finish(packet);
    }

    private int finish(PacketBuilder written) {
        counts.packetsSent++;
        if (zeroChecksumAllowed && written.mayHaveZeroChecksum()) {
            counts.zeroChecksumsSent++;
            return written.finishWithZeroChecksum();
        }
        return written.finish();
    }
}

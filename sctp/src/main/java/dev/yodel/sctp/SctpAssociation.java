package dev.yodel.sctp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.ForwardTsnChunk;
import dev.yodel.sctp.packet.InitChunk;
import dev.yodel.sctp.packet.OpaqueChunk;
import dev.yodel.sctp.packet.ReConfigChunk;
import dev.yodel.sctp.packet.ReConfigParameter;
import dev.yodel.sctp.packet.ReConfigParameter.IncomingReset;
import dev.yodel.sctp.packet.ReConfigParameter.OtherRequest;
import dev.yodel.sctp.packet.ReConfigParameter.OutgoingReset;
import dev.yodel.sctp.packet.ReConfigParameter.Response;
import dev.yodel.sctp.packet.SackChunk;
import dev.yodel.sctp.packet.SctpPacket;
import dev.yodel.sctp.packet.ShutdownChunk;
import dev.yodel.sctp.packet.SignalChunk;
import dev.yodel.sctp.packet.UnknownChunk;
import dev.yodel.sctp.rx.DataTracker;
import dev.yodel.sctp.rx.Reassembly;
import dev.yodel.sctp.rx.ReceivedMessage;
import dev.yodel.sctp.state.Deadlines;
import dev.yodel.sctp.state.StateCookie;
import dev.yodel.sctp.state.StreamResets;
import dev.yodel.sctp.state.Timer;
import dev.yodel.sctp.tx.OutMessage;
import dev.yodel.sctp.tx.RetransmissionTimeout;
import dev.yodel.sctp.tx.SendQueue;
import dev.yodel.sctp.tx.Sender;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One SCTP association over a datagram path that somebody else secures, as a protocol core. It owns no socket, clock or
 * thread and knows no data channels. After each input its owner drains {@link #pollTransmit} and {@link #pollEvent} and
 * reads {@link #nextTimeout}. Nothing a peer sends makes it throw. One thread only. RFC 9260, 3758, 6525, 8261.
 */
public final class SctpAssociation {
    private static final int MAX_STREAMS = 65_535;
    private static final int MAX_TRIES = 8;
    private static final int MAX_ANSWERS = 16;
    private static final long FIRST_TRY_NANOS = 500 * Time.MILLISECOND;
    private static final long MAX_TRY_NANOS = 3 * Time.SECOND;
    private static final long SACK_DELAY_NANOS = 50 * Time.MILLISECOND;
    private static final long HEARTBEAT_NANOS = 30 * Time.SECOND;
    private static final long COOKIE_LIFE_NANOS = 60 * Time.SECOND;
    private static final int HAS_FORWARD_TSN = 1;
    private static final int HAS_RE_CONFIG = 2;
    private static final int CAUSE_OUT_OF_RESOURCE = 4;
    private static final int CAUSE_USER_ABORT = 12;
    private static final int CAUSE_PROTOCOL_VIOLATION = 13;

    private final SctpOptions options;
    private final RandomSource random;
    private final byte[] cookieKey;
    private final SctpCounters counters = new SctpCounters();
    private final ArrayDeque<SctpEvent> events = new ArrayDeque<>();
    private final ArrayDeque<Chunk> control = new ArrayDeque<>();
    /** Answers to INITs: each goes alone with the tag that its INIT asked for. */
    private final ArrayDeque<InitAnswer> initAnswers = new ArrayDeque<>();

    private final Deadlines deadlines = new Deadlines();
    private SendQueue queue = new SendQueue();
    private RetransmissionTimeout timeout = new RetransmissionTimeout();
    private SctpState state = SctpState.NEW;
    private int localTag;
    private int localTsn;
    private int peerTag;
    private byte[] cookie = Bytes.EMPTY;
    private boolean initDue;
    private int tries;
    private long tryNanos = FIRST_TRY_NANOS;
    private @Nullable Transfer transfer;
    private long queuedBytes;
    private long ownerBytes;
    private int unacknowledgedPackets;
    private boolean sackDue;
    private long heartbeatNonce;

    private record InitAnswer(int tag, InitChunk chunk) {}

    /** What exists from the end of the handshake on. */
    private record Transfer(
            Sender sender, DataTracker tracker, Reassembly reassembly, StreamResets resets, boolean canReset) {}

    /**
     * An association that answers the peer's INIT and begins nothing itself before {@link #connect}.
     *
     * @param options options
     * @param random cryptographically strong in production
     */
    public SctpAssociation(SctpOptions options, RandomSource random) {
        this.options = options;
        this.random = random;
        this.cookieKey = random.bytes(32);
    }

    /**
     * Begins the handshake; harmless when it is under way or done. RFC 9260 5.1.
     *
     * @param now time
     */
    public void connect(long now) {
        if (state != SctpState.NEW) {
            return;
        }
        localTag = nonZero();
        localTsn = random.nextInt();
        state = SctpState.COOKIE_WAIT;
        initDue = true;
        arm(Timer.HANDSHAKE, now + tryNanos);
    }

    private int nonZero() {
        int value = random.nextInt();
        return value == 0 ? 1 : value;
    }

    private void arm(Timer timer, long at) {
        deadlines.set(timer, at);
    }

    /**
     * The state.
     *
     * @return the state
     */
    public SctpState state() {
        return state;
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
        return transfer == null ? 0 : transfer.sender.window().windowBytes();
    }

    /**
     * DATA chunks that were sent again.
     *
     * @return count
     */
    public long retransmissions() {
        return transfer == null ? 0 : transfer.sender.retransmissions();
    }

    /**
     * The heap that the peer's data takes: pieces, messages not polled, and what the owner holds.
     *
     * @return bytes
     */
    public long receiveHeapBytes() {
        return queuedBytes + ownerBytes + (transfer == null ? 0 : transfer.reassembly.heldBytes());
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
     * Queues a message; also before the handshake ended.
     *
     * @param streamId 0 to 65534
     * @param ppid payload protocol identifier
     * @param data one byte or more; must not be changed afterwards
     * @param sendOptions order and reliability
     * @param now time
     * @return whether it was taken, and why not
     */
    public SctpSendResult send(int streamId, int ppid, byte[] data, SendOptions sendOptions, long now) {
        if (streamId < 0 || streamId >= MAX_STREAMS || data.length == 0) {
            throw new IllegalArgumentException("a message needs a stream id of 0 to 65534 and a byte at least");
        }
        if (state.compareTo(SctpState.ESTABLISHED) > 0) {
            return SctpSendResult.CLOSED;
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
                Time.after(now, sendOptions.lifetimeNanos())));
        return SctpSendResult.ACCEPTED;
    }

    /**
     * Resets our side of a stream when all its messages were sent. The answer is {@link SctpEvent.LocalStreamsReset}.
     *
     * @param streamId 0 to 65534
     */
    public void resetStream(int streamId) {
        if (transfer == null || !transfer.canReset || state == SctpState.CLOSED) {
            events.add(new SctpEvent.LocalStreamsReset(new int[] {streamId}, false));
            return;
        }
        transfer.resets.want(streamId);
    }

    /**
     * Counts bytes of delivered messages against the receive window, because a consumer is slow.
     *
     * @param bytes not negative
     */
    public void hold(long bytes) {
        ownerBytes += bytes;
    }

    /**
     * Gives back what {@link #hold} took; tells the peer when its window opens.
     *
     * @param bytes not negative
     */
    public void release(long bytes) {
        boolean wasClosed = windowBytes() == 0;
        ownerBytes = Math.max(0, ownerBytes - bytes);
        announceOpening(wasClosed);
    }

    private void announceOpening(boolean wasClosed) {
        if (wasClosed && transfer != null && windowBytes() > 0) {
            sackDue = true;
        }
    }

    private int windowBytes() {
        long window = options.receiveBufferBytes() - receiveHeapBytes();
        // RFC 9260 6.2: no silly windows.
        return window < options.packetBytes() ? 0 : (int) window;
    }

    /**
     * Ends in peace: sends what is queued, then shuts down. RFC 9260 9.2.
     *
     * @param now time
     */
    public void close(long now) {
        if (state == SctpState.ESTABLISHED) {
            state = SctpState.SHUTDOWN_PENDING;
            tries = 0;
            tryNanos = FIRST_TRY_NANOS;
            progressShutdown(now);
        } else if (state.compareTo(SctpState.ESTABLISHED) < 0) {
            end(new SctpEvent.Closed());
        }
    }

    /**
     * Ends at once and tells the peer why. RFC 9260 9.1.
     *
     * @param reason a text for people; 200 bytes of it are sent
     */
    public void abort(String reason) {
        if (state != SctpState.CLOSED) {
            breakOff(CAUSE_USER_ABORT, reason, new SctpEvent.Closed());
        }
    }

    private void breakOff(int cause, String text, SctpEvent event) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(200, utf8.length);
        ByteWriter value = new ByteWriter(4 + length);
        value.put16(cause).put16(4 + length).put(utf8, 0, length);
        end(event);
        if (peerTag != 0) {
            control.add(new OpaqueChunk(ChunkType.ABORT, 0, value.array()));
        }
    }

    private void end(SctpEvent event) {
        state = SctpState.CLOSED;
        control.clear();
        initAnswers.clear();
        initDue = false;
        sackDue = false;
        unacknowledgedPackets = 0;
        transfer = null;
        queue = new SendQueue();
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
        counters.packetsReceived++;
        if (state == SctpState.CLOSED) {
            return;
        }
        if (!SctpPacket.isChecksumRight(data, offset, length)) {
            counters.checksumErrors++;
            return;
        }
        SctpPacket packet = SctpPacket.parse(data, offset, length);
        if (packet == null) {
            counters.malformedPackets++;
            return;
        }
        if (!isTagRight(packet)) {
            counters.wrongTags++;
            return;
        }
        boolean hasData = false;
        for (Chunk chunk : packet.chunks()) {
            hasData |= chunk instanceof DataChunk;
            if (!handleChunk(chunk, packet.verificationTag(), now) || state == SctpState.CLOSED) {
                break;
            }
        }
        if (state == SctpState.CLOSED) {
            return;
        }
        if (hasData) {
            unacknowledgedPackets++;
            noteSack(now);
        }
        collectMessages();
        progressShutdown(now);
    }

    private void noteSack(long now) {
        Transfer current = transfer;
        if (current == null) {
            return;
        }
        // RFC 9260 6.2, 6.7: every second packet, and at once when something is missing.
        if (unacknowledgedPackets >= 2 || current.tracker.hasGaps()) {
            sackDue = true;
        } else if (deadlines.get(Timer.SACK) == Time.NEVER) {
            arm(Timer.SACK, now + SACK_DELAY_NANOS);
        }
    }

    /** RFC 9260 8.5.1. */
    private boolean isTagRight(SctpPacket packet) {
        int tag = packet.verificationTag();
        for (Chunk chunk : packet.chunks()) {
            if (chunk.type() == ChunkType.INIT) {
                return tag == 0 && packet.chunks().size() == 1;
            }
        }
        Chunk first = packet.chunks().get(0);
        if (first.type() == ChunkType.COOKIE_ECHO) {
            return tag != 0;
        }
        boolean reflected =
                (first instanceof OpaqueChunk abort && abort.type() == ChunkType.ABORT && abort.isTagReflected())
                        || (first instanceof SignalChunk signal
                                && signal.type() == ChunkType.SHUTDOWN_COMPLETE
                                && signal.isTagReflected());
        int expected = reflected ? peerTag : localTag;
        return expected != 0 && tag == expected;
    }

    /** Whether the chunks behind it may be processed. */
    private boolean handleChunk(Chunk chunk, int tag, long now) {
        if (chunk instanceof DataChunk data) {
            return handleData(data);
        }
        if (chunk instanceof SackChunk sack) {
            if (transfer != null) {
                transfer.sender.handleSack(sack, now);
            }
            return true;
        }
        if (chunk instanceof InitChunk init) {
            if (init.cookie() == null) {
                handleInit(init, now);
            } else {
                handleInitAck(init, now);
            }
            return false;
        }
        if (chunk instanceof OpaqueChunk opaque) {
            return handleOpaque(opaque, tag, now);
        }
        if (chunk instanceof SignalChunk signal) {
            handleSignal(signal, now);
            return true;
        }
        if (chunk instanceof ShutdownChunk shutdown) {
            handleShutdown(shutdown, now);
            return true;
        }
        if (chunk instanceof ForwardTsnChunk forward) {
            handleForward(forward);
            return true;
        }
        if (chunk instanceof ReConfigChunk reConfig) {
            reConfig.parameters().forEach(this::handleReConfig);
            return true;
        }
        counters.unknownChunks++;
        return chunk instanceof UnknownChunk unknown && unknown.maySkip();
    }

    private void handleInit(InitChunk init, long now) {
        if (init.initiateTag() == 0
                || init.inboundStreams() == 0
                || init.outboundStreams() == 0
                || initAnswers.size() == MAX_ANSWERS) {
            counters.droppedChunks++;
            return;
        }
        if (state == SctpState.SHUTDOWN_ACK_SENT) {
            control.add(new SignalChunk(ChunkType.SHUTDOWN_ACK, 0));
            return;
        }
        boolean opening = state == SctpState.COOKIE_WAIT || state == SctpState.COOKIE_ECHOED;
        // RFC 9260 5.2.1: a simultaneous opening keeps our tag; 5.2.2: anything else gets a fresh one.
        int tag = opening ? localTag : nonZero();
        int tsn = opening ? localTsn : random.nextInt();
        StateCookie fresh = new StateCookie(
                now,
                tag,
                init.initiateTag(),
                tsn,
                init.initialTsn(),
                init.windowBytes(),
                Math.min(init.inboundStreams(), init.outboundStreams()),
                (init.forwardTsn() ? HAS_FORWARD_TSN : 0) | (init.reConfig() ? HAS_RE_CONFIG : 0),
                localTag,
                peerTag);
        initAnswers.add(new InitAnswer(init.initiateTag(), ourInit(tag, tsn, fresh.seal(cookieKey))));
    }

    private InitChunk ourInit(int tag, int tsn, byte @Nullable [] sealed) {
        return new InitChunk(tag, options.receiveBufferBytes(), MAX_STREAMS, MAX_STREAMS, tsn, true, true, sealed);
    }

    private void handleInitAck(InitChunk init, long now) {
        byte[] sealed = init.cookie();
        if (state != SctpState.COOKIE_WAIT || init.initiateTag() == 0 || sealed == null) {
            return;
        }
        // C06: a cookie that does not fit into a packet cannot be returned.
        if (sealed.length + SctpPacket.HEADER_BYTES + Chunk.HEADER_BYTES > options.packetBytes()) {
            counters.badCookies++;
            return;
        }
        cookie = sealed;
        peerTag = init.initiateTag();
        begin(
                init.initialTsn(),
                init.windowBytes(),
                (init.forwardTsn() ? HAS_FORWARD_TSN : 0) | (init.reConfig() ? HAS_RE_CONFIG : 0));
        state = SctpState.COOKIE_ECHOED;
        tries = 0;
        tryNanos = FIRST_TRY_NANOS;
        initDue = false;
        control.add(new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, cookie));
        arm(Timer.HANDSHAKE, now + tryNanos);
    }

    private void begin(int peerTsn, int peerWindow, int capabilities) {
        transfer = new Transfer(
                new Sender(
                        queue,
                        timeout,
                        options.packetBytes(),
                        localTsn,
                        peerWindow & 0xffff_ffffL,
                        (capabilities & HAS_FORWARD_TSN) != 0),
                new DataTracker(peerTsn),
                new Reassembly(options.maxReceiveMessageBytes()),
                new StreamResets(localTsn, peerTsn),
                (capabilities & HAS_RE_CONFIG) != 0);
    }

    private boolean handleOpaque(OpaqueChunk chunk, int tag, long now) {
        switch (chunk.type()) {
            case ChunkType.COOKIE_ECHO -> {
                return handleCookieEcho(chunk, tag, now);
            }
            case ChunkType.HEARTBEAT -> answer(new OpaqueChunk(ChunkType.HEARTBEAT_ACK, 0, chunk.value()));
            case ChunkType.HEARTBEAT_ACK -> handleHeartbeatAck(chunk.value(), now);
            case ChunkType.ABORT -> fail(SctpEvent.Reason.PEER_ABORTED, "the peer aborted the association");
            default -> {
                // RFC 9260 6.5.4: an ERROR of the peer asks for nothing, and is never answered (C15).
            }
        }
        return true;
    }

    /** C15: answers are no larger than what they answer, and at most 16 wait. */
    private void answer(Chunk chunk) {
        if (control.size() < MAX_ANSWERS && chunk.paddedBytes() + SctpPacket.HEADER_BYTES <= options.packetBytes()) {
            control.add(chunk);
        } else {
            counters.droppedChunks++;
        }
    }

    /** The table of RFC 9260 5.2.4. */
    private boolean handleCookieEcho(OpaqueChunk chunk, int tag, long now) {
        StateCookie opened = StateCookie.open(cookieKey, chunk.value());
        if (opened == null || opened.localTag() != tag) {
            counters.badCookies++;
            return false;
        }
        boolean sameLocal = opened.localTag() == localTag;
        boolean samePeer = opened.peerTag() == peerTag;
        if (sameLocal && samePeer && transfer != null && state != SctpState.COOKIE_WAIT) {
            // D: our answer was lost.
            answer(new SignalChunk(ChunkType.COOKIE_ACK, 0));
            if (state == SctpState.COOKIE_ECHOED) {
                establish(now);
            }
            return true;
        }
        if (now - opened.createdAt() > COOKIE_LIFE_NANOS) {
            counters.badCookies++;
            return false;
        }
        boolean isNew = state == SctpState.NEW;
        boolean isSimultaneous = sameLocal && state.compareTo(SctpState.ESTABLISHED) < 0;
        boolean isRestart = !sameLocal
                && !samePeer
                && state.compareTo(SctpState.ESTABLISHED) >= 0
                && state != SctpState.SHUTDOWN_ACK_SENT
                && opened.tieLocal() == localTag
                && opened.tiePeer() == peerTag;
        if (!isNew && !isSimultaneous && !isRestart) {
            // C: an old cookie of ours.
            counters.badCookies++;
            return false;
        }
        localTag = opened.localTag();
        peerTag = opened.peerTag();
        localTsn = opened.localTsn();
        if (isRestart) {
            collectMessages();
            queue = new SendQueue();
            timeout = new RetransmissionTimeout();
            unacknowledgedPackets = 0;
            sackDue = false;
            events.add(new SctpEvent.Restarted());
        }
        control.clear();
        begin(opened.peerTsn(), opened.peerWindow(), opened.capabilities());
        answer(new SignalChunk(ChunkType.COOKIE_ACK, 0));
        establish(now);
        return true;
    }

    private void establish(long now) {
        state = SctpState.ESTABLISHED;
        initDue = false;
        arm(Timer.HANDSHAKE, Time.NEVER);
        arm(Timer.SHUTDOWN, Time.NEVER);
        arm(Timer.HEARTBEAT, now + HEARTBEAT_NANOS);
        events.add(new SctpEvent.Connected(MAX_STREAMS));
    }

    private void handleHeartbeatAck(byte[] value, long now) {
        if (value.length == 20 && Bytes.i64(value, 4) == heartbeatNonce && heartbeatNonce != 0) {
            heartbeatNonce = 0;
            timeout.measured(now - Bytes.i64(value, 12));
        }
    }

    private void handleSignal(SignalChunk signal, long now) {
        switch (signal.type()) {
            case ChunkType.COOKIE_ACK -> {
                if (state == SctpState.COOKIE_ECHOED) {
                    establish(now);
                }
            }
            case ChunkType.SHUTDOWN_ACK -> {
                if (state == SctpState.SHUTDOWN_SENT || state == SctpState.SHUTDOWN_ACK_SENT) {
                    end(new SctpEvent.Closed());
                    control.add(new SignalChunk(ChunkType.SHUTDOWN_COMPLETE, 0));
                }
            }
            default -> {
                if (state == SctpState.SHUTDOWN_ACK_SENT) {
                    end(new SctpEvent.Closed());
                }
            }
        }
    }

    private void handleShutdown(ShutdownChunk shutdown, long now) {
        Transfer current = transfer;
        if (current == null || state.compareTo(SctpState.ESTABLISHED) < 0) {
            return;
        }
        current.sender.handleShutdownAck(shutdown.cumulativeTsnAck(), now);
        if (state == SctpState.SHUTDOWN_SENT) {
            // RFC 9260 9.2: both want to end.
            sendShutdownAck(now);
        } else if (state == SctpState.ESTABLISHED || state == SctpState.SHUTDOWN_PENDING) {
            state = SctpState.SHUTDOWN_RECEIVED;
            tries = 0;
            tryNanos = FIRST_TRY_NANOS;
        }
    }

    private void sendShutdownAck(long now) {
        state = SctpState.SHUTDOWN_ACK_SENT;
        control.add(new SignalChunk(ChunkType.SHUTDOWN_ACK, 0));
        arm(Timer.SHUTDOWN, now + tryNanos);
    }

    private void progressShutdown(long now) {
        Transfer current = transfer;
        if (current == null || !queue.isEmpty() || !current.sender.isAllAcknowledged()) {
            return;
        }
        if (state == SctpState.SHUTDOWN_PENDING) {
            state = SctpState.SHUTDOWN_SENT;
            control.add(new ShutdownChunk((int) current.tracker.cumulative()));
            arm(Timer.SHUTDOWN, now + tryNanos);
        } else if (state == SctpState.SHUTDOWN_RECEIVED) {
            sendShutdownAck(now);
        }
    }

    private boolean handleData(DataChunk chunk) {
        Transfer current = transfer;
        boolean takesData = state == SctpState.ESTABLISHED
                || state == SctpState.SHUTDOWN_PENDING
                || state == SctpState.SHUTDOWN_SENT;
        if (current == null || !takesData) {
            counters.droppedChunks++;
            return true;
        }
        long tsn = current.tracker.unwrap(chunk.tsn());
        sackDue |= chunk.isImmediate();
        if (current.tracker.isKnown(tsn)) {
            counters.duplicateChunks++;
            current.tracker.duplicate(tsn);
            sackDue = true;
            return true;
        }
        long held = receiveHeapBytes();
        boolean fillsHole = tsn == current.tracker.cumulative() + 1 && current.tracker.hasGaps();
        if (current.tracker.isTooFar(tsn)
                || chunk.streamId() >= MAX_STREAMS
                || (held >= options.receiveBufferBytes() && !fillsHole)) {
            counters.droppedChunks++;
            sackDue = true;
            return true;
        }
        if (held >= 2L * options.receiveBufferBytes()) {
            breakOff(
                    CAUSE_OUT_OF_RESOURCE,
                    "more data than the window allows",
                    new SctpEvent.Failed(
                            SctpEvent.Reason.OUT_OF_RESOURCE, "the peer sent twice what the receive buffer holds"));
            return false;
        }
        switch (current.reassembly.add(chunk, tsn)) {
            case KEPT -> current.tracker.received(tsn);
            case TOO_LARGE ->
                breakOff(
                        CAUSE_PROTOCOL_VIOLATION,
                        "message too large",
                        new SctpEvent.Failed(
                                SctpEvent.Reason.MESSAGE_TOO_LARGE,
                                "the peer sent a message of more than " + options.maxReceiveMessageBytes() + " bytes"));
            case CONTRADICTION ->
                breakOff(
                        CAUSE_PROTOCOL_VIOLATION,
                        "pieces contradict",
                        new SctpEvent.Failed(
                                SctpEvent.Reason.PROTOCOL_VIOLATION,
                                "the pieces of the peer's messages contradict each other"));
        }
        return state != SctpState.CLOSED;
    }

    private void handleForward(ForwardTsnChunk forward) {
        Transfer current = transfer;
        if (current == null) {
            return;
        }
        long tsn = current.tracker.unwrap(forward.newCumulativeTsn());
        sackDue = true;
        // C13: RFC 3758 3.6: an old one only makes us report again; one from beyond all windows is a lie.
        if (tsn <= current.tracker.cumulative() || current.tracker.isTooFar(tsn)) {
            return;
        }
        current.reassembly.skip(tsn, forward.skipped());
        current.tracker.advanceTo(tsn);
    }

    private void handleReConfig(ReConfigParameter parameter) {
        Transfer current = transfer;
        if (current == null) {
            return;
        }
        if (parameter instanceof OutgoingReset reset) {
            boolean arrived = current.tracker.unwrap(reset.lastTsn()) <= current.tracker.cumulative();
            StreamResets.Answer answer = current.resets.judge(reset.requestNumber(), true, arrived);
            if (answer.perform()) {
                collectMessages();
                if (reset.streams().length == 0) {
                    current.reassembly.resetAllStreams();
                }
                for (int streamId : reset.streams()) {
                    current.reassembly.resetStream(streamId);
                }
                events.add(new SctpEvent.RemoteStreamsReset(reset.streams()));
            }
            reply(answer.response());
        } else if (parameter instanceof IncomingReset incoming) {
            reply(current.resets.judgeIncoming(incoming).response());
        } else if (parameter instanceof OtherRequest other) {
            reply(current.resets.judge(other.requestNumber(), false, true).response());
        } else if (parameter instanceof Response response) {
            OutgoingReset ended = current.resets.handleResponse(response);
            if (ended != null) {
                boolean performed = response.result() <= Response.PERFORMED && response.result() >= 0;
                for (int streamId : ended.streams()) {
                    queue.restart(streamId, performed);
                }
                events.add(new SctpEvent.LocalStreamsReset(ended.streams(), performed));
            }
        }
    }

    private void reply(Response response) {
        answer(new ReConfigChunk(java.util.List.of(response)));
    }

    private void collectMessages() {
        Transfer current = transfer;
        if (current == null) {
            return;
        }
        ReceivedMessage message = current.reassembly.poll();
        while (message != null) {
            queuedBytes += Reassembly.charge(message);
            events.add(new SctpEvent.Message(message.streamId(), message.ppid(), message.unordered(), message.data()));
            message = current.reassembly.poll();
        }
    }

    /**
     * When {@link #handleTimeout} is due.
     *
     * @return a deadline, {@link Time#NEVER} if nothing is timed
     */
    public long nextTimeout() {
        long next = deadlines.next();
        Transfer current = transfer;
        if (current != null && state.compareTo(SctpState.ESTABLISHED) >= 0) {
            next = Math.min(next, current.sender.deadline());
            next = Math.min(next, current.resets.deadline());
        }
        return next;
    }

    /**
     * Does what is due; harmless when called early or twice.
     *
     * @param now time
     */
    public void handleTimeout(long now) {
        Transfer current = transfer;
        if (current != null) {
            current.sender.handleTimeout(now);
        }
        for (Timer timer : Timer.values()) {
            if (now >= deadlines.get(timer)) {
                arm(timer, Time.NEVER);
                expire(timer, now);
            }
        }
        progressShutdown(now);
    }

    private void expire(Timer timer, long now) {
        switch (timer) {
            case HANDSHAKE -> {
                if (++tries > MAX_TRIES) {
                    fail(SctpEvent.Reason.NO_ANSWER, "no answer after " + MAX_TRIES + " retransmissions");
                    return;
                }
                tryNanos = Math.min(MAX_TRY_NANOS, 2 * tryNanos);
                arm(timer, now + tryNanos);
                if (state == SctpState.COOKIE_WAIT) {
                    initDue = true;
                } else {
                    control.add(new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, cookie));
                }
            }
            case SHUTDOWN -> {
                if (++tries > MAX_TRIES) {
                    end(new SctpEvent.Closed());
                    return;
                }
                tryNanos = Math.min(MAX_TRY_NANOS, 2 * tryNanos);
                arm(timer, now + tryNanos);
                Transfer current = transfer;
                if (state == SctpState.SHUTDOWN_ACK_SENT) {
                    control.add(new SignalChunk(ChunkType.SHUTDOWN_ACK, 0));
                } else if (current != null) {
                    control.add(new ShutdownChunk((int) current.tracker.cumulative()));
                }
            }
            case SACK -> sackDue = transfer != null;
            case HEARTBEAT -> {
                heartbeatNonce = random.nextLong() | 1;
                ByteWriter value = new ByteWriter(20);
                // RFC 9260 3.3.5: the heartbeat information is parameter 1.
                value.put16(1).put16(20).put64(heartbeatNonce).put64(now);
                answer(new OpaqueChunk(ChunkType.HEARTBEAT, 0, value.array()));
                arm(timer, now + HEARTBEAT_NANOS);
            }
        }
    }

    /**
     * The next event.
     *
     * @return null if there is none
     */
    public @Nullable SctpEvent pollEvent() {
        SctpEvent event = events.poll();
        if (event instanceof SctpEvent.Message message) {
            boolean wasClosed = windowBytes() == 0;
            queuedBytes -= message.data().length + (long) Reassembly.OVERHEAD_BYTES;
            announceOpening(wasClosed);
        }
        return event;
    }

    /**
     * Writes the next packet.
     *
     * @param into target with room for {@link SctpOptions#packetBytes}
     * @param offset first byte written
     * @param now time
     * @return the packet's bytes; 0 if there is nothing to send
     */
    public int pollTransmit(byte[] into, int offset, long now) {
        ByteWriter out = new ByteWriter(into, offset, options.packetBytes() & ~3);
        InitAnswer initAnswer = initAnswers.poll();
        if (initAnswer != null) {
            return seal(begin(out, initAnswer.tag), initAnswer.chunk);
        }
        if (initDue) {
            initDue = false;
            return seal(begin(out, 0), ourInit(localTag, localTsn, null));
        }
        begin(out, peerTag);
        Chunk first = control.peek();
        while (first != null && first.paddedBytes() <= out.remaining()) {
            put(out, first);
            control.remove();
            first = control.peek();
        }
        Transfer current = transfer;
        if (current != null && first == null && state.compareTo(SctpState.ESTABLISHED) >= 0) {
            fill(out, current, now);
        }
        return out.length() == SctpPacket.HEADER_BYTES ? 0 : finish(out);
    }

    private void fill(ByteWriter out, Transfer current, long now) {
        ReConfigChunk reset = out.remaining() > 500
                ? current.resets.poll(queue, current.sender.lastTsn(), now, timeout.nanos())
                : null;
        if (reset != null) {
            put(out, reset);
        }
        int header = out.length();
        if (sackDue) {
            putSack(out, current);
        }
        ForwardTsnChunk forward = current.sender.pollForward(out.remaining(), now);
        if (forward != null) {
            put(out, forward);
        }
        DataChunk data = current.sender.poll(out.remaining() & ~3, now);
        // A SACK rides along when there is a packet anyway.
        while (data != null) {
            put(out, data);
            data = current.sender.poll(out.remaining() & ~3, now);
        }
        if (out.length() > header && unacknowledgedPackets > 0 && out.remaining() >= 64) {
            putSack(out, current);
        }
    }

    private void putSack(ByteWriter out, Transfer current) {
        put(out, current.tracker.sack(windowBytes(), Math.min(out.remaining(), 600)));
        sackDue = false;
        unacknowledgedPackets = 0;
        arm(Timer.SACK, Time.NEVER);
    }

    private ByteWriter begin(ByteWriter out, int tag) {
        SctpPacket.writeHeader(out, options.localPort(), options.remotePort(), tag);
        return out;
    }

    private static void put(ByteWriter out, Chunk chunk) {
        chunk.write(out);
        out.padTo(4);
    }

    private int seal(ByteWriter out, Chunk only) {
        put(out, only);
        return finish(out);
    }

    private int finish(ByteWriter out) {
        int length = out.length();
        SctpPacket.seal(out.array(), out.position() - length, length);
        counters.packetsSent++;
        return length;
    }
}

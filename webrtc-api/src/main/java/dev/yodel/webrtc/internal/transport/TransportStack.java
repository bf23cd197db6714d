package dev.yodel.webrtc.internal.transport;

import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.CandidateType;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceEvent;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.ice.IceStats;
import dev.yodel.ice.loop.IceConnection;
import dev.yodel.io.Datagram;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.SendResult;
import dev.yodel.io.Time;
import dev.yodel.sctp.dcep.ChannelFailure;
import dev.yodel.srtp.SrtpProfile;
import dev.yodel.srtp.SrtpSession;
import dev.yodel.webrtc.PacketTap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One transport of a connection: moves bytes between ICE, DTLS, SRTP and RTP. Every datagram comes in by
 * {@link #handleDatagram}, everything goes out by {@link #drain}. It knows no SDP and no user code. Loop thread only.
 */
public final class TransportStack implements AutoCloseable {
    /** Room for the largest record or packet that is sent, with its overhead. */
    private static final int SCRATCH_BYTES = 4_096;

    private final TransportListener listener;
    private final Loop loop;
    private final IceConnection ice;
    private final DtlsAssociations dtls;
    private final LoopTimer timer;
    private final Runnable drain = this::drain;
    private byte[] scratch = new byte[SCRATCH_BYTES];
    private byte[] packet = new byte[SCRATCH_BYTES];
    private final TransportCounters counters = new TransportCounters();
    private final TransportOptions options;
    /** Made with the first section of media: a connection for data alone has none. */
    private @Nullable MediaTransport media;
    /** Made when the handshake is done and data channels are negotiated (threat C20). */
    private @Nullable DataTransport data;

    private @Nullable DataPlan dataPlan;
    /** The pair whose limits the association was told. */
    private String pathOfData = "";
    /** Channels that wait for the association. */
    private final List<WaitingChannel> waitingChannels = new ArrayList<>(1);

    private DtlsEvent.@Nullable Connected association;
    private DtlsState dtlsState = DtlsState.NEW;
    private IceState iceState = IceState.NEW;
    /** Whether the generation that the descriptions speak of is checking, and whether it has a pair. */
    private boolean checking;

    private boolean pathOfGeneration;
    private long iceStartedNanos = Time.NEVER;
    private long iceConnectedNanos = Time.NEVER;
    private long dtlsConnectedNanos = Time.NEVER;
    private boolean closed;

    private record WaitingChannel(int id, ChannelEnd end) {}

    /**
     * A transport at rest.
     *
     * @param options what it needs for life
     * @param listener gets what happens
     */
    public TransportStack(TransportOptions options, TransportListener listener) {
        this.options = options;
        this.listener = Objects.requireNonNull(listener, "listener");
        this.loop = options.loop();
        this.ice = iceOf(options);
        this.dtls = new DtlsAssociations(options, this::wake);
        this.timer = loop.newTimer(this::onDeadline);
    }

    private IceConnection iceOf(TransportOptions from) {
        CandidatePool pool = from.pool();
        IceConnection prepared = pool == null ? null : pool.take();
        if (prepared == null) {
            return new IceConnection(from.environment(), loop, from.ice(), new IceEvents());
        }
        prepared.handOver(new IceEvents());
        return prepared;
    }

    /**
     * Gathers candidates under these credentials.
     *
     * @param local ours, as signaled
     */
    public void gather(IceCredentials local) {
        if (!closed) {
            ice.gather(local);
        }
    }

    /**
     * Begins a new ICE generation (RFC 8445 9); {@link #startIce} must follow. Candidates are gathered again, sockets that
     * still serve are kept. The old pair carries data until the new generation has one, and DTLS goes on.
     *
     * @param local our new credentials, as signaled
     * @param options servers and policy from now on
     */
    public void restart(IceCredentials local, IceOptions options) {
        if (!closed) {
            checking = false;
            pathOfGeneration = false;
            ice.configure(options);
            ice.restart(local);
        }
    }

    /**
     * Starts the checks: both descriptions are known.
     *
     * @param role ours
     * @param remote the peer's credentials
     */
    public void startIce(IceRole role, IceCredentials remote) {
        if (!closed) {
            iceStartedNanos = loop.now();
            checking = true;
            ice.start(role, remote);
        }
    }

    /**
     * Allows the handshake, which begins when ICE has a pair that works (RFC 8842 5.1); after an ICE restart, another one.
     * The old association goes on until the new one stands (RFC 8842 5.5).
     *
     * @param role ours
     * @param remote the peer's fingerprints
     * @param mustStand whether the old association is of no use any more if the new one fails
     */
    public void startDtls(DtlsRole role, List<DtlsFingerprint> remote, boolean mustStand) {
        if (!closed) {
            dtls.allow(role, remote, mustStand, loop.now());
            startHandshakeIfPossible();
        }
    }

    /**
     * A candidate of the peer.
     *
     * @param candidate parsed
     */
    public void addRemoteCandidate(Candidate candidate) {
        if (!closed) {
            ice.addRemoteCandidate(candidate);
        }
    }

    /** The peer has no more candidates. */
    public void endOfRemoteCandidates() {
        if (!closed) {
            ice.endOfRemoteCandidates();
        }
    }

    /**
     * Applies the negotiated media, as a difference to what was applied before.
     *
     * @param plan all sections of this transport
     */
    public void configure(MediaPlan plan) {
        if (closed) {
            return;
        }
        MediaTransport to = media;
        if (to == null) {
            if (plan.sections().isEmpty()) {
                return;
            }
            to = new MediaTransport(options, listener, counters, this::wake);
            media = to;
        }
        to.configure(plan);
        startMedia();
    }

    /**
     * Applies what was negotiated for data channels.
     *
     * @param plan null if they were switched off
     */
    public void configureData(@Nullable DataPlan plan) {
        if (closed) {
            return;
        }
        dataPlan = plan;
        DataTransport before = data;
        if (plan == null) {
            if (before != null) {
                before.abort("data channels were switched off");
                sendData(before, loop.now());
                data = null;
            }
        } else if (before != null) {
            before.update(plan);
        } else {
            startData();
        }
    }

    /**
     * Opens a data channel as soon as the association is up.
     *
     * @param id its stream
     * @param end ours
     */
    public void openChannel(int id, ChannelEnd end) {
        if (closed) {
            return;
        }
        if (data != null) {
            data.open(id, end);
        } else {
            waitingChannels.add(new WaitingChannel(id, end));
        }
    }

    private void startData() {
        DtlsEvent.Connected handshake = association;
        DataPlan plan = dataPlan;
        if (data != null || plan == null || handshake == null || dtlsState != DtlsState.CONNECTED) {
            return;
        }
        DataTransport started = new DataTransport(
                plan,
                handshake.role() == DtlsRole.CLIENT,
                loop,
                options.environment().random(),
                listener,
                this::wake);
        CandidatePair pair = ice.selectedPair();
        pathOfData = pair == null ? "" : pair.id();
        started.pathChanged(longestPacket());
        data = started;
        for (WaitingChannel waiting : waitingChannels) {
            started.open(waiting.id(), waiting.end());
        }
        waitingChannels.clear();
        wake();
    }

    /** What a record may hold that reaches the peer over the selected pair whole. */
    private int longestPacket() {
        int room = ice.longestWhole() - DtlsEndpoint.RECORD_OVERHEAD_BYTES;
        return Math.max(0, Math.min(room, DtlsEndpoint.MAX_APPLICATION_DATA_BYTES));
    }

    /**
     * Everything that statistics need, as it is now.
     *
     * @return an immutable copy
     */
    public TransportSnapshot snapshot() {
        return new TransportSnapshot(
                ice.stats(),
                ice.selectedPair(),
                iceState,
                dtlsState,
                association,
                media == null ? List.of() : media.snapshot(),
                data == null ? null : data.snapshot(),
                counters.copy(),
                span(iceStartedNanos, iceConnectedNanos),
                span(iceConnectedNanos, dtlsConnectedNanos));
    }

    /**
     * What the handshake agreed on.
     *
     * @return null before it is complete
     */
    public DtlsEvent.@Nullable Connected association() {
        return association;
    }

    private String urlOf(Candidate candidate) {
        if (candidate.type() != CandidateType.HOST) {
            for (IceStats.CandidateStats known : ice.stats().local()) {
                Candidate own = known.candidate();
                // What is told may hide the related address.
                if (own.type() == candidate.type()
                        && own.address().equals(candidate.address())
                        && own.port() == candidate.port()
                        && own.protocol() == candidate.protocol()
                        && own.foundation().equals(candidate.foundation())) {
                    return known.url();
                }
            }
        }
        return "";
    }

    private static long span(long from, long to) {
        return from == Time.NEVER || to == Time.NEVER ? -1 : to - from;
    }

    /** Says goodbye (RTCP BYE, DTLS close_notify) and closes every socket and timer. No listener call follows. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        long now = loop.now();
        if (media != null) {
            media.sayGoodbye();
            sendMedia();
        }
        if (data != null) {
            data.abort("the connection was closed");
            sendData(data, now);
        }
        dtls.close(now);
        sendRecords();
        if (media != null) {
            media.close();
        }
        timer.close();
        ice.close();
    }

    private void wake() {
        if (!closed) {
            loop.atEndOfTurn(drain);
        }
    }

    private void onDeadline() {
        if (closed) {
            return;
        }
        long now = loop.now();
        dtls.handleTimeout(now);
        if (media != null) {
            media.handleTimeout(now);
        }
        if (data != null) {
            data.handleTimeout(now);
        }
        wake();
    }

    private void handleDatagram(Datagram datagram) {
        if (closed) {
            return;
        }
        byte[] bytes = datagram.data;
        int offset = datagram.offset;
        int length = datagram.length;
        long now = datagram.receivedNanos;
        counters.packetsReceived++;
        counters.bytesReceived += length;
        switch (Demux.classify(bytes, offset, length)) {
            case DTLS -> {
                boolean present = !dtls.isParticular() || ice.isOfPresentGeneration(datagram.remote);
                dtls.handleDatagram(bytes, offset, length, present, now);
                // A record's bytes are a view of this datagram, so its events are taken at once.
                handleDtlsEvents();
            }
            case RTP -> {
                if (media == null) {
                    counters.unknownDatagrams++;
                } else {
                    media.handleRtp(bytes, offset, length, now);
                }
            }
            case RTCP -> {
                if (media == null) {
                    counters.unknownDatagrams++;
                } else {
                    media.handleRtcp(bytes, offset, length, now);
                }
            }
            default -> counters.unknownDatagrams++;
        }
        wake();
    }

    /** The one way out, in this order: handshake before media, media before data, data before the next deadline. */
    private void drain() {
        if (closed) {
            return;
        }
        handleDtlsEvents();
        sendRecords();
        long next = dtls.nextTimeout();
        MediaTransport toMedia = media;
        if (toMedia != null) {
            toMedia.handleEvents();
            sendMedia();
            next = Time.min(next, toMedia.nextTimeout());
        }
        DataTransport toData = data;
        if (toData != null && !closed) {
            long now = loop.now();
            toData.beginDrain(now);
            sendData(toData, now);
            toData.endDrain();
            next = Time.min(next, toData.nextTimeout());
        }
        if (!closed) {
            timer.set(next);
        }
    }

    private void sendData(DataTransport from, long now) {
        reserve(from.roomBytes());
        for (int length = from.pollTransmit(packet, now); length > 0; length = from.pollTransmit(packet, now)) {
            show(true, packet, 0, length);
            dtls.send(packet, 0, length, now);
            sendRecords();
        }
    }

    private void show(boolean outgoing, byte[] bytes, int offset, int length) {
        TapPoint tap = options.tap();
        if (tap != null) {
            tap.show(outgoing, PacketTap.Protocol.SCTP, bytes, offset, length, loop.now());
        }
    }

    /** Room for a packet of so many bytes and its record: large ones are rare, and every transport has these arrays. */
    private void reserve(int packetBytes) {
        if (packetBytes > packet.length) {
            packet = new byte[packetBytes];
        }
        if (packetBytes + DtlsEndpoint.RECORD_OVERHEAD_BYTES > scratch.length) {
            scratch = new byte[packetBytes + DtlsEndpoint.RECORD_OVERHEAD_BYTES];
        }
    }

    private void sendRecords() {
        for (int length = dtls.pollTransmit(scratch, 0); length > 0; length = dtls.pollTransmit(scratch, 0)) {
            count(ice.send(scratch, 0, length), length);
        }
    }

    private void sendMedia() {
        MediaTransport from = media;
        while (from != null && from.pollTransmit()) {
            count(ice.send(from.outData(), from.outOffset(), from.outLength()), from.outLength());
        }
    }

    private void count(SendResult result, int length) {
        if (result == SendResult.SENT) {
            counters.packetsSent++;
            counters.bytesSent += length;
        } else {
            counters.sendFailures++;
        }
    }

    private void startHandshakeIfPossible() {
        // RFC 8827 6.5, THREATS I06: no DTLS byte leaves before a pair has succeeded.
        boolean first = dtls.isAllowed() && hasPath();
        if (!first && !(dtls.isAnotherAllowed() && pathOfGeneration)) {
            return;
        }
        if (first || dtlsState != DtlsState.CONNECTED) {
            setDtlsState(DtlsState.CONNECTING);
        }
        dtls.start(ice.rttNanos(), loop.now());
        wake();
    }

    private boolean hasPath() {
        return iceState == IceState.CONNECTED || iceState == IceState.COMPLETED;
    }

    private void handleDtlsEvents() {
        long now = loop.now();
        for (DtlsEvent event = dtls.pollEvent(now); event != null && !closed; event = dtls.pollEvent(now)) {
            if (event instanceof DtlsEvent.Connected connected) {
                onDtlsConnected(connected);
            } else if (event instanceof DtlsEvent.ApplicationData packet) {
                if (data == null) {
                    counters.unexpectedApplicationData++;
                } else {
                    show(false, packet.data(), packet.offset(), packet.length());
                    data.handlePacket(packet.data(), packet.offset(), packet.length(), loop.now());
                }
            } else if (event instanceof DtlsEvent.Failed failed) {
                endAssociation("DTLS failed: " + failed.text());
                if (dtlsState != DtlsState.FAILED) {
                    dtlsState = DtlsState.FAILED;
                    listener.onDtlsFailed(failed.reason(), failed.text(), failed.alert());
                }
            } else if (event instanceof DtlsEvent.Closed) {
                endAssociation("the peer closed the DTLS association");
                setDtlsState(DtlsState.CLOSED);
            }
        }
    }

    private void endAssociation(String reason) {
        if (media != null) {
            media.forgetKeys();
        }
        DataTransport ended = data;
        if (ended != null) {
            data = null;
            ended.fail(reason);
        }
        ChannelFailure failure = ChannelFailure.ofAssociation(reason);
        for (WaitingChannel waiting : waitingChannels) {
            waiting.end().closed(failure);
            waiting.end().handOver();
        }
        if (!waitingChannels.isEmpty()) {
            waitingChannels.clear();
            listener.onSctpClosed(reason);
        }
    }

    private void onDtlsConnected(DtlsEvent.Connected connected) {
        association = connected;
        dtlsConnectedNanos = loop.now();
        dtlsState = DtlsState.CONNECTED;
        if (dtls.tookOver()) {
            takeOver();
        }
        startMedia();
        listener.onDtlsState(DtlsState.CONNECTED);
        if (!closed) {
            startData();
        }
    }

    /** Another association: media gets its keys. Data channels go on if it is the same peer's, else they end. */
    private void takeOver() {
        if (media != null) {
            media.forgetOldKeys();
        }
        DataTransport ended = data;
        if (ended != null && dtls.isOfAnother()) {
            data = null;
            ended.fail("the peer uses another certificate; make new channels");
        }
    }

    private void startMedia() {
        DtlsEvent.Connected connected = association;
        MediaTransport to = media;
        boolean over = dtlsState == DtlsState.CLOSED || dtlsState == DtlsState.FAILED;
        if (connected == null || over || to == null || to.isStarted()) {
            return;
        }
        SrtpProfile profile = SrtpProfile.ofId(connected.srtpProfile());
        if (profile != null) {
            to.start(new SrtpSession(profile, connected.keyingMaterial(), connected.role() == DtlsRole.CLIENT));
        }
    }

    private void setDtlsState(DtlsState state) {
        if (dtlsState != state) {
            dtlsState = state;
            listener.onDtlsState(state);
        }
    }

    private final class IceEvents implements IceConnection.Listener {
        @Override
        public void onGatheringState(GatheringState state, String ufrag) {
            if (!closed) {
                listener.onIceGatheringState(state, ufrag);
            }
        }

        @Override
        public void onLocalCandidate(Candidate candidate) {
            if (!closed) {
                listener.onLocalCandidate(candidate, urlOf(candidate));
            }
        }

        @Override
        public void onCandidateError(IceEvent.CandidateError error) {
            if (!closed) {
                listener.onCandidateError(error.local(), error.url(), error.errorCode(), error.errorText());
            }
        }

        @Override
        public void onState(IceState state) {
            if (closed) {
                return;
            }
            iceState = state;
            if (hasPath() && iceConnectedNanos == Time.NEVER) {
                iceConnectedNanos = loop.now();
            }
            listener.onIceState(state);
            if (closed) {
                return;
            }
            if (state == IceState.FAILED) {
                listener.onIceFailure(ice.failureReason());
            }
            startHandshakeIfPossible();
        }

        @Override
        public void onSelectedPair(CandidatePair pair) {
            if (!closed) {
                pathOfGeneration |= checking;
                if (data != null && !pair.id().equals(pathOfData)) {
                    pathOfData = pair.id();
                    data.pathChanged(longestPacket());
                }
                listener.onSelectedPair(pair);
                startHandshakeIfPossible();
            }
        }

        @Override
        public void onRoleChange(IceRole role) {
            if (!closed) {
                listener.onIceRole(role);
            }
        }

        @Override
        public void onDatagram(Datagram datagram) {
            handleDatagram(datagram);
        }
    }
}

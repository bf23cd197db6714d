package dev.yodel.webrtc.internal.transport;

import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceEvent;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.ice.loop.IceConnection;
import dev.yodel.io.Datagram;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.SendResult;
import dev.yodel.io.Time;
import dev.yodel.srtp.SrtpProfile;
import dev.yodel.srtp.SrtpSession;
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
    private final DtlsEndpoint dtls;
    private final MediaTransport media;
    private final LoopTimer timer;
    private final Runnable drain = this::drain;
    private final byte[] scratch = new byte[SCRATCH_BYTES];
    private final TransportCounters counters = new TransportCounters();
    private @Nullable DtlsParameters dtlsParameters;
    private DtlsEvent.@Nullable Connected association;
    private DtlsState dtlsState = DtlsState.NEW;
    private IceState iceState = IceState.NEW;
    private long iceStartedNanos = Time.NEVER;
    private long iceConnectedNanos = Time.NEVER;
    private long dtlsConnectedNanos = Time.NEVER;
    private boolean closed;

    private record DtlsParameters(DtlsRole role, List<DtlsFingerprint> fingerprints) {}

    /**
     * A transport at rest.
     *
     * @param options what it needs for life
     * @param listener gets what happens
     */
    public TransportStack(TransportOptions options, TransportListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        this.loop = options.loop();
        this.ice = new IceConnection(options.environment(), loop, options.ice(), new IceEvents());
        this.dtls = options.dtlsFactory().create(options.dtls(), options.environment(), loop, this::wake);
        this.media = new MediaTransport(options, listener, counters, this::wake);
        this.timer = loop.newTimer(this::onDeadline);
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
     * Begins a new ICE generation on the same sockets (RFC 8445 9); {@link #startIce} must follow. The old pair carries
     * data until the new generation has one, and DTLS goes on.
     *
     * @param local our new credentials, as signaled
     */
    public void restart(IceCredentials local) {
        if (!closed) {
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
            ice.start(role, remote);
        }
    }

    /**
     * Allows the handshake, which begins when ICE has a pair that works (RFC 8842 5.1).
     *
     * @param role ours
     * @param remote the peer's fingerprints
     */
    public void startDtls(DtlsRole role, List<DtlsFingerprint> remote) {
        if (dtlsParameters == null && !closed) {
            dtlsParameters = new DtlsParameters(role, List.copyOf(remote));
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
        if (!closed) {
            media.configure(plan);
        }
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
                media.snapshot(),
                counters.copy(),
                span(iceStartedNanos, iceConnectedNanos),
                span(iceConnectedNanos, dtlsConnectedNanos));
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
        media.sayGoodbye();
        sendMedia();
        dtls.close(now);
        sendRecords();
        media.close();
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
        media.handleTimeout(now);
        wake();
    }

    private void handleDatagram(Datagram datagram) {
        if (closed) {
            return;
        }
        byte[] data = datagram.data;
        int offset = datagram.offset;
        int length = datagram.length;
        long now = datagram.receivedNanos;
        counters.packetsReceived++;
        counters.bytesReceived += length;
        switch (Demux.classify(data, offset, length)) {
            case DTLS -> {
                dtls.handleDatagram(data, offset, length, now);
                // A record's bytes are a view of this datagram, so its events are taken at once.
                handleDtlsEvents();
            }
            case RTP -> media.handleRtp(data, offset, length, now);
            case RTCP -> media.handleRtcp(data, offset, length, now);
            default -> counters.unknownDatagrams++;
        }
        wake();
    }

    /** The one way out, in this order: handshake before media, media before the next deadline. */
    private void drain() {
        if (closed) {
            return;
        }
        handleDtlsEvents();
        sendRecords();
        media.handleEvents();
        sendMedia();
        if (!closed) {
            timer.set(Time.min(dtls.nextTimeout(), media.nextTimeout()));
        }
    }

    private void sendRecords() {
        for (int length = dtls.pollTransmit(scratch, 0); length > 0; length = dtls.pollTransmit(scratch, 0)) {
            count(ice.send(scratch, 0, length), length);
        }
    }

    private void sendMedia() {
        while (media.pollTransmit()) {
            count(ice.send(media.outData(), media.outOffset(), media.outLength()), media.outLength());
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
        if (dtlsParameters == null || dtlsState != DtlsState.NEW || !hasPath()) {
            return;
        }
        setDtlsState(DtlsState.CONNECTING);
        dtls.start(dtlsParameters.role(), dtlsParameters.fingerprints(), ice.rttNanos(), loop.now());
        wake();
    }

    private boolean hasPath() {
        return iceState == IceState.CONNECTED || iceState == IceState.COMPLETED;
    }

    private void handleDtlsEvents() {
        for (DtlsEvent event = dtls.pollEvent(); event != null && !closed; event = dtls.pollEvent()) {
            if (event instanceof DtlsEvent.Connected connected) {
                onDtlsConnected(connected);
            } else if (event instanceof DtlsEvent.ApplicationData) {
                // Data channels (RFC 8261) are not negotiated by this version, so nobody may expect an answer.
                counters.unexpectedApplicationData++;
            } else if (event instanceof DtlsEvent.Failed failed) {
                media.forgetKeys();
                setDtlsState(DtlsState.FAILED);
                if (!closed) {
                    listener.onFailure("DTLS", failed.text());
                }
            } else if (event instanceof DtlsEvent.Closed) {
                media.forgetKeys();
                setDtlsState(DtlsState.CLOSED);
            }
        }
    }

    private void onDtlsConnected(DtlsEvent.Connected connected) {
        association = connected;
        dtlsConnectedNanos = loop.now();
        SrtpProfile profile = SrtpProfile.ofId(connected.srtpProfile());
        if (profile != null) {
            media.start(new SrtpSession(profile, connected.keyingMaterial(), connected.role() == DtlsRole.CLIENT));
        }
        setDtlsState(DtlsState.CONNECTED);
    }

    private void setDtlsState(DtlsState state) {
        if (dtlsState != state) {
            dtlsState = state;
            listener.onDtlsState(state);
        }
    }

    private final class IceEvents implements IceConnection.Listener {
        @Override
        public void onGatheringState(GatheringState state) {
            if (!closed) {
                listener.onIceGatheringState(state);
            }
        }

        @Override
        public void onLocalCandidate(Candidate candidate) {
            if (!closed) {
                listener.onLocalCandidate(candidate);
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
                listener.onFailure("ICE", ice.failureReason());
            }
            startHandshakeIfPossible();
        }

        @Override
        public void onSelectedPair(CandidatePair pair) {
            if (!closed) {
                listener.onSelectedPair(pair);
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

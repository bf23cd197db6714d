package dev.yodel.webrtc.internal.transport;

import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsRole;
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
import dev.yodel.io.Time;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The life of one transport of a connection: its paths, its timer, its end. Every datagram comes in by {@link
 * #handleDatagram}, everything goes out by {@link #drain}; {@link TransportAssociations} knows who is at the other
 * end. It knows no SDP and no user code. Loop thread only.
 */
public final class TransportStack implements AutoCloseable {
    private final TransportListener listener;
    private final Loop loop;
    private final IceConnection ice;
    private final TransportAssociations associations;
    private final LoopTimer timer;
    private final Runnable drain = this::drain;
    private final TransportCounters counters = new TransportCounters();
    private final TransportOptions options;
    /** Made with the first section of media: a connection for data alone has none. */
    private @Nullable MediaTransport media;

    private IceState iceState = IceState.NEW;
    /** Whether the generation that the descriptions speak of is checking, and whether it has a pair. */
    private boolean checking;

    private boolean pathOfGeneration;
    private long iceStartedNanos = Time.NEVER;
    private long iceConnectedNanos = Time.NEVER;
    private boolean closed;
    /** What came is being handled: views of it must last. */
    private boolean handling;

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
        this.associations = new TransportAssociations(options, ice, counters, listener, this::wake);
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
            associations.iceRestarted();
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
            associations.allow(role, remote, mustStand);
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
            to = new MediaTransport(options, listener, counters, this::wake, this::sendAtOnce);
            media = to;
        }
        to.configure(plan);
        associations.serve(to);
    }

    /**
     * Applies what was negotiated for data channels.
     *
     * @param plan null if they were switched off
     */
    public void configureData(@Nullable DataPlan plan) {
        if (!closed) {
            associations.configureData(plan);
        }
    }

    /**
     * Opens a data channel as soon as the association is up.
     *
     * @param id its stream
     * @param end ours
     */
    public void openChannel(int id, ChannelEnd end) {
        if (!closed) {
            associations.openChannel(id, end);
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
                associations.state(),
                associations.handshake(),
                media == null ? List.of() : media.snapshot(),
                associations.dataSnapshot(),
                counters.copy(),
                span(iceStartedNanos, iceConnectedNanos),
                span(iceConnectedNanos, associations.connectedNanos()),
                media == null ? null : media.streamReports(),
                media == null ? -1 : media.targetBps());
    }

    /**
     * What the handshake agreed on.
     *
     * @return null before it is complete
     */
    public DtlsEvent.@Nullable Connected association() {
        return associations.handshake();
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
        associations.close(now);
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
        associations.handleTimeout(now);
        if (media != null) {
            media.handleTimeout(now);
        }
        associations.handleDataTimeout(now);
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
                boolean present = !associations.isParticular() || ice.isOfPresentGeneration(datagram.remote);
                associations.handleDatagram(bytes, offset, length, datagram.remote, present, now);
            }
            case RTP -> {
                if (media == null) {
                    counters.unknownDatagrams++;
                } else {
                    handling = true;
                    media.handleRtp(bytes, offset, length, now);
                    handling = false;
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
        associations.handleEvents();
        associations.sendRecords();
        long next = associations.nextTimeout();
        MediaTransport toMedia = media;
        if (toMedia != null) {
            handling = true;
            toMedia.handleEvents();
            handling = false;
            sendMedia();
            next = Time.min(next, toMedia.nextTimeout());
        }
        next = Time.min(next, associations.drainData());
        if (!closed) {
            timer.set(next);
        }
    }

    /**
     * What a forwarder has just written leaves while its bytes are at hand, not after those for all other
     * subscribers; the rest of the draining has time until the end of the turn.
     */
    private void sendAtOnce() {
        if (!closed && !handling) {
            sendMedia();
        }
        wake();
    }

    private void sendMedia() {
        MediaTransport from = media;
        while (from != null && from.pollTransmit()) {
            counters.onSent(ice.send(from.outData(), from.outOffset(), from.outLength()), from.outLength());
        }
    }

    private void startHandshakeIfPossible() {
        associations.startIfPossible(hasPath(), pathOfGeneration);
    }

    private boolean hasPath() {
        return iceState == IceState.CONNECTED || iceState == IceState.COMPLETED;
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
                associations.pathChanged(pair.id());
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

package dev.yodel.whip;

import dev.yodel.sdp.MediaSection;
import dev.yodel.sdp.Sdp;
import dev.yodel.sdp.SdpFragment;
import dev.yodel.sdp.SdpParseException;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.DtlsTransportState;
import dev.yodel.webrtc.IceCandidateInit;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.SignalingState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How is one session described, trickled to, restarted and ended (RFC 9725 sections 4.2 and 4.3)? It does not know URLs or
 * tokens; {@link WhipServer} does. Any thread; one PATCH at a time.
 */
final class ServerSession implements WhipSession {
    /** What may wait for the PATCH before it. */
    private static final int MAX_WAITING = 16;

    private final String path;
    private final PeerConnection connection;
    private final boolean publishes;
    private final Supplier<String> tags;
    private final Consumer<ServerSession> onEnded;

    // Guarded by this.
    private final List<Runnable> listeners = new ArrayList<>();
    private boolean ended;
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);
    private int waiting;
    private String tag;

    ServerSession(
            String path,
            PeerConnection connection,
            boolean publishes,
            Supplier<String> tags,
            Consumer<ServerSession> onEnded) {
        this.path = path;
        this.connection = connection;
        this.publishes = publishes;
        this.tags = tags;
        this.onEnded = onEnded;
        this.tag = tags.get();
        connection.onConnectionStateChange(() -> {
            if (connection.connectionState() == ConnectionState.FAILED
                    || connection.connectionState() == ConnectionState.CLOSED) {
                close();
            }
        });
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public PeerConnection connection() {
        return connection;
    }

    /** The strong entity tag of the ICE session. */
    synchronized String entityTag() {
        return tag;
    }

    @Override
    public void onEnd(Runnable listener) {
        synchronized (this) {
            if (!ended) {
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    @Override
    public void close() {
        final List<Runnable> told;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            told = List.copyOf(listeners);
            listeners.clear();
        }
        connection.close();
        onEnded.accept(this);
        told.forEach(Runnable::run);
    }

    /** The answer with all our candidates (RFC 9725 4.3.2: none can follow). */
    CompletableFuture<SessionDescription> answer(SessionDescription offer) {
        return connection
                .setRemoteDescription(offer)
                .thenRun(this::chooseDirections)
                .thenCompose(done -> connection.setLocalDescription())
                .thenCompose(done -> connection.gatheringComplete())
                .thenApply(description -> {
                    connection.getTransceivers().forEach(this::watch);
                    return description;
                });
    }

    /** RFC 9725 4.2: a publisher is only received from; WHEP: a player is only sent to. */
    private void chooseDirections() {
        for (final RtpTransceiver transceiver : connection.getTransceivers()) {
            if (transceiver.direction() == RtpTransceiverDirection.SENDRECV
                    || transceiver.direction() == RtpTransceiverDirection.SENDONLY) {
                transceiver.direction(publishes ? RtpTransceiverDirection.RECVONLY : RtpTransceiverDirection.SENDONLY);
            }
        }
    }

    /** RFC 9725 4.2: either side may end a session by DTLS. */
    private void watch(RtpTransceiver transceiver) {
        final DtlsTransport transport = transceiver.receiver().transport();
        if (transport != null) {
            transport.onStateChange(() -> {
                if (transport.state() == DtlsTransportState.CLOSED || transport.state() == DtlsTransportState.FAILED) {
                    close();
                }
            });
        }
    }

    /**
     * A PATCH whose precondition is to be checked when those before it are done.
     *
     * @throws WhipException 429 if too many wait
     */
    CompletableFuture<WhipResponse> patch(String ifMatch, SdpFragment fragment) {
        final CompletableFuture<WhipResponse> result = new CompletableFuture<>();
        final CompletableFuture<?> before;
        synchronized (this) {
            if (waiting >= MAX_WAITING) {
                throw new WhipException(429, "too many PATCH requests at once; send one with all candidates");
            }
            waiting++;
            before = last;
            last = result;
        }
        before.whenComplete((done, error) -> {
            try {
                apply(ifMatch, fragment).whenComplete((response, failure) -> settle(result, response, failure));
            } catch (WhipException | IllegalArgumentException refused) {
                settle(result, null, refused);
            }
        });
        return result;
    }

    private void settle(
            CompletableFuture<WhipResponse> result, @Nullable WhipResponse response, @Nullable Throwable failure) {
        synchronized (this) {
            waiting--;
        }
        if (response != null) {
            result.complete(response);
        } else if (failure != null) {
            result.completeExceptionally(failure);
        }
    }

    private CompletableFuture<WhipResponse> apply(String ifMatch, SdpFragment fragment) {
        final SessionDescription offer = connection.currentRemoteDescription();
        if (offer == null) {
            throw new WhipException(409, "the session has no description yet");
        }
        if (!matches(ifMatch)) {
            throw new WhipException(412, "this is not the entity tag of the session's ICE session; restart with *");
        }
        final Sdp description = parse(offer);
        return IceFragments.restarts(description, fragment) ? restart(description, fragment) : trickle(fragment);
    }

    private synchronized boolean matches(String ifMatch) {
        // RFC 9725 writes the star with quotes in its example.
        if (ifMatch.strip().equals("*") || ifMatch.strip().equals("\"*\"")) {
            return true;
        }
        int from = 0;
        while (from <= ifMatch.length()) {
            final int comma = ifMatch.indexOf(',', from);
            final int end = comma < 0 ? ifMatch.length() : comma;
            if (ifMatch.substring(from, end).strip().equals(tag)) {
                return true;
            }
            from = end + 1;
        }
        return false;
    }

    /** RFC 9725 4.3.2: what cannot be used is passed over in silence. */
    private CompletableFuture<WhipResponse> trickle(SdpFragment fragment) {
        final List<CompletableFuture<?>> added = new ArrayList<>();
        for (final MediaSection section : fragment.media()) {
            final String ufrag = fragment.iceUfrag(section);
            for (final String candidate : section.candidates()) {
                added.add(add(new IceCandidateInit("candidate:" + candidate, section.mid(), null, ufrag)));
            }
            if (fragment.hasEndOfCandidates(section)) {
                added.add(add(new IceCandidateInit("", section.mid(), null, ufrag)));
            }
        }
        return CompletableFuture.allOf(added.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> WhipResponse.empty(204));
    }

    private CompletableFuture<?> add(IceCandidateInit candidate) {
        return connection.addIceCandidate(candidate).exceptionally(refused -> null);
    }

    /** RFC 9725 4.3.3: an offer and an answer of which only ICE's part is carried. */
    private CompletableFuture<WhipResponse> restart(Sdp description, SdpFragment fragment) {
        final SessionDescription offer = SessionDescription.offer(IceFragments.apply(description, fragment));
        return connection
                .setRemoteDescription(offer)
                .thenCompose(done -> connection.setLocalDescription())
                .thenCompose(done -> connection.gatheringComplete())
                .thenApply(this::restarted)
                .exceptionallyCompose(this::keepOldSession);
    }

    private WhipResponse restarted(SessionDescription answer) {
        final String fresh = tags.get();
        synchronized (this) {
            tag = fresh;
        }
        return WhipResponse.of(
                        200,
                        SdpFragment.MEDIA_TYPE,
                        IceFragments.whole(parse(answer)).write())
                .with("ETag", fresh);
    }

    private CompletableFuture<WhipResponse> keepOldSession(Throwable error) {
        final WhipException refused = new WhipException(
                422, "ICE was not restarted: " + RtcException.of(error).getMessage(), error);
        if (connection.signalingState() != SignalingState.HAVE_REMOTE_OFFER) {
            return CompletableFuture.failedFuture(refused);
        }
        return connection.setRemoteDescription(SessionDescription.rollback()).handle((done, ignored) -> {
            throw refused;
        });
    }

    static Sdp parse(SessionDescription description) {
        try {
            return Sdp.parse(description.sdp());
        } catch (SdpParseException e) {
            throw new WhipException(400, e.getMessage() == null ? "the description is malformed" : e.getMessage(), e);
        }
    }
}

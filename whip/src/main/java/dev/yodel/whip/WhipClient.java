package dev.yodel.whip;

import dev.yodel.sdp.Sdp;
import dev.yodel.sdp.SdpFragment;
import dev.yodel.sdp.SdpParseException;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.DtlsTransportState;
import dev.yodel.webrtc.IceConnectionState;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.SignalingState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's half of WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): describes a connection to a server by HTTP, sends
 * candidates after the offer, restarts ICE when the path is lost, and ends the session. It adds no tracks: give it a
 * connection that has them - sending ones to publish, transceivers of direction {@code recvonly} to play - and do not
 * describe that connection otherwise. Any thread.
 *
 * <pre>{@code
 * pc.addTrack(EncodedTrack.opus("voice"));
 * WhipClient client = WhipClient.builder(URI.create("https://example.org/whip/live"), pc).token("secret").build();
 * client.start().join();
 * }</pre>
 */
public final class WhipClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WhipClient.class);
    private static final String SDP = "application/sdp";

    private enum Phase {
        NEW,
        STARTING,
        OPEN,
        ENDED
    }

    private final URI endpoint;
    private final PeerConnection connection;
    private final WhipHttp http;
    private final boolean gatherFirst;
    private final boolean useIceServers;
    private final boolean restartOnLoss;
    private final TrickledCandidates candidates = new TrickledCandidates();

    // Guarded by this.
    private final List<Runnable> endListeners = new ArrayList<>();
    private Phase phase = Phase.NEW;
    private @Nullable URI session;
    private @Nullable String entityTag;
    private List<IceServer> iceServers = List.of();
    private boolean patching;
    private boolean trickles = true;
    private @Nullable CompletableFuture<Void> restart;

    private WhipClient(Builder builder) {
        endpoint = builder.endpoint;
        connection = builder.connection;
        http = new WhipHttp(
                builder.client == null ? HttpClient.newHttpClient() : builder.client, builder.token, builder.timeout);
        gatherFirst = builder.gatherFirst;
        useIceServers = builder.useIceServers;
        restartOnLoss = builder.restartOnLoss;
    }

    /**
     * A client to be configured.
     *
     * @param endpoint the URL to publish to or to play from
     * @param connection with its tracks or transceivers, not described yet; closed when the session ends
     * @return a builder
     */
    public static Builder builder(URI endpoint, PeerConnection connection) {
        return new Builder(endpoint, connection);
    }

    /**
     * Makes the session.
     *
     * @return completes when the server's answer is set; {@link PeerConnection#connected()} tells when media flows.
     *     Fails with a {@link WhipException} if the server refuses or does not answer, and with what the connection
     *     says if the answer cannot be used; then the session is ended
     * @throws InvalidStateException if it was started before
     */
    public CompletableFuture<Void> start() {
        synchronized (this) {
            if (phase != Phase.NEW) {
                throw new InvalidStateException("a WhipClient is one session; make another client for another session");
            }
            phase = Phase.STARTING;
        }
        connection.onIceCandidate(event -> {
            candidates.add(event.candidate());
            flush();
        });
        connection.onIceConnectionStateChange(this::onIceState);
        final CompletableFuture<Void> result = new CompletableFuture<>();
        (useIceServers ? offerThenGather() : gatherThenOffer()).whenComplete((done, error) -> {
            if (error != null) {
                end();
                result.completeExceptionally(WhipFailure.of(error));
            } else {
                connection.getTransceivers().forEach(this::watch);
                flush();
                result.complete(null);
            }
        });
        return result;
    }

    private CompletableFuture<Void> gatherThenOffer() {
        return connection
                .setLocalDescription()
                .thenCompose(offer ->
                        gatherFirst ? connection.gatheringComplete() : CompletableFuture.completedFuture(offer))
                .thenCompose(offer -> {
                    // What was found meanwhile is in it.
                    final SessionDescription latest = connection.localDescription();
                    return post(latest == null ? offer : latest);
                })
                .thenCompose(this::negotiate);
    }

    /** RFC 9725 4.6: servers that come with the answer serve only if gathering has not begun. */
    private CompletableFuture<Void> offerThenGather() {
        return connection.createOffer().thenCompose(offer -> post(offer).thenCompose(response -> {
            final Configuration old = connection.getConfiguration();
            final List<IceServer> servers = new ArrayList<>(old.iceServers());
            servers.addAll(iceServers());
            connection.setConfiguration(new Configuration(
                    servers,
                    old.iceTransportPolicy(),
                    old.bundlePolicy(),
                    old.rtcpMuxPolicy(),
                    old.certificates(),
                    old.iceCandidatePoolSize()));
            return connection.setLocalDescription(offer).thenCompose(set -> negotiate(response));
        }));
    }

    private CompletableFuture<HttpResponse<String>> post(SessionDescription offer) {
        candidates.told(offer.sdp());
        return http.send("POST", endpoint, SDP, null, offer.sdp()).thenApply(response -> {
            // WHEP: 406 carries an offer of the server's own.
            if (response.statusCode() != 201 && !isCounterOffer(response)) {
                throw WhipHttp.refusal("POST " + endpoint, response);
            }
            final URI location = response.uri().resolve(WhipHttp.location(response));
            final boolean ended;
            synchronized (this) {
                session = location;
                entityTag = response.headers().firstValue("ETag").orElse(null);
                iceServers = IceServerLink.read(response.headers().allValues("Link"));
                ended = phase == Phase.ENDED;
                phase = ended ? phase : Phase.OPEN;
            }
            if (ended) {
                delete(location);
                throw new InvalidStateException("the session was ended before the server answered");
            }
            return response;
        });
    }

    private static boolean isCounterOffer(HttpResponse<String> response) {
        return response.statusCode() == 406
                && response.headers().firstValue("Content-Type").orElse("").startsWith(SDP);
    }

    private CompletableFuture<Void> negotiate(HttpResponse<String> response) {
        if (!isCounterOffer(response)) {
            return connection.setRemoteDescription(SessionDescription.answer(response.body()));
        }
        final URI uri = Objects.requireNonNull(session());
        return connection
                .setRemoteDescription(SessionDescription.offer(response.body()))
                .thenCompose(done -> connection.setLocalDescription())
                .thenCompose(done -> connection.gatheringComplete())
                .thenCompose(answer -> {
                    candidates.told(answer.sdp());
                    return http.send("PATCH", uri, SDP, null, answer.sdp());
                })
                .thenAccept(done -> {
                    if (done.statusCode() / 100 != 2) {
                        throw WhipHttp.refusal("the answer to the server's offer", done);
                    }
                });
    }

    private void watch(RtpTransceiver transceiver) {
        final DtlsTransport transport = transceiver.receiver().transport();
        if (transport != null) {
            transport.onStateChange(() -> {
                if (transport.state() == DtlsTransportState.CLOSED) {
                    finish();
                }
            });
        }
    }

    private void onIceState() {
        final IceConnectionState state = connection.iceConnectionState();
        if (state != IceConnectionState.DISCONNECTED && state != IceConnectionState.FAILED) {
            return;
        }
        if (!restartOnLoss) {
            if (state == IceConnectionState.FAILED) {
                end();
            }
            return;
        }
        restart().whenComplete((done, error) -> {
            if (error != null) {
                LOG.debug("the restart failed", error);
                if (connection.iceConnectionState() == IceConnectionState.FAILED) {
                    end();
                }
            }
        });
    }

    /** Sends what was found since, in one request, unless one is under way. */
    private void flush() {
        final URI uri;
        final String tag;
        final String body;
        synchronized (this) {
            final SessionDescription local = connection.localDescription();
            if (phase != Phase.OPEN || patching || restart != null || !trickles || local == null || session == null) {
                return;
            }
            body = candidates.take(local.sdp());
            if (body.isEmpty()) {
                return;
            }
            uri = session;
            tag = entityTag;
            patching = true;
        }
        http.send("PATCH", uri, SdpFragment.MEDIA_TYPE, tag, body)
                .whenComplete((response, error) -> patched(response, error));
    }

    private void patched(@Nullable HttpResponse<String> response, @Nullable Throwable error) {
        final int status = response == null ? 0 : response.statusCode();
        synchronized (this) {
            patching = false;
            // Refused for good: the server has all the candidates that it will get, and learns others by checks.
            trickles &= status == 0 || status / 100 == 2 || status == 412 || status == 429 || status / 100 == 5;
        }
        if (status == 404 || status == 410) {
            finish();
        } else if (status / 100 == 2) {
            flush();
        } else {
            LOG.debug("candidates were not taken, status {}", status, error);
        }
    }

    /**
     * Restarts ICE, as it happens by itself when the path is lost.
     *
     * @return completes when the server has taken part; fails with a {@link WhipException} if it refuses, and the
     *     session goes on as it was, and with {@link InvalidStateException} if there is no session
     */
    public CompletableFuture<Void> restart() {
        final URI uri;
        final CompletableFuture<Void> result = new CompletableFuture<>();
        synchronized (this) {
            if (phase != Phase.OPEN || session == null) {
                return CompletableFuture.failedFuture(new InvalidStateException("there is no session to restart"));
            }
            if (restart != null) {
                return restart.copy();
            }
            restart = result;
            uri = session;
        }
        candidates.clear();
        connection.restartIce();
        connection
                .setLocalDescription()
                .thenCompose(done -> connection.gatheringComplete())
                .thenCompose(offer -> {
                    candidates.told(offer.sdp());
                    final String body = IceFragments.whole(parse(offer)).write();
                    return http.send("PATCH", uri, SdpFragment.MEDIA_TYPE, "*", body);
                })
                .thenCompose(this::restarted)
                .whenComplete((done, error) -> {
                    synchronized (this) {
                        restart = null;
                    }
                    if (error == null) {
                        result.complete(null);
                        flush();
                    } else {
                        keepOldSession(WhipFailure.of(error), result);
                    }
                });
        return result.copy();
    }

    private CompletableFuture<Void> restarted(HttpResponse<String> response) {
        if (response.statusCode() != 200) {
            throw WhipHttp.refusal("the restart", response);
        }
        final SessionDescription old = connection.currentRemoteDescription();
        if (old == null) {
            throw new InvalidStateException("there is no description to change");
        }
        final String answer;
        try {
            answer = IceFragments.apply(parse(old), SdpFragment.parse(response.body()));
        } catch (SdpParseException | IllegalArgumentException e) {
            throw new WhipException(200, "the server's fragment cannot be used: " + e.getMessage(), e);
        }
        synchronized (this) {
            entityTag = response.headers().firstValue("ETag").orElse(entityTag);
        }
        return connection.setRemoteDescription(SessionDescription.answer(answer));
    }

    private void keepOldSession(Throwable error, CompletableFuture<Void> result) {
        if (error instanceof WhipException refused && (refused.status() == 404 || refused.status() == 410)) {
            finish();
        } else if (connection.signalingState() == SignalingState.HAVE_LOCAL_OFFER) {
            connection
                    .setLocalDescription(SessionDescription.rollback())
                    .whenComplete((done, ignored) -> result.completeExceptionally(error));
            return;
        }
        result.completeExceptionally(error);
    }

    private static Sdp parse(SessionDescription description) {
        return ServerSession.parse(description);
    }

    /**
     * The session's URL.
     *
     * @return null before the server has answered
     */
    public synchronized @Nullable URI session() {
        return session;
    }

    /**
     * The STUN and TURN servers that the server told. They are used only with {@link Builder#useIceServers()}.
     *
     * @return empty before the server has answered
     */
    public synchronized List<IceServer> iceServers() {
        return iceServers;
    }

    /**
     * Hears that the session has ended, by either side.
     *
     * @param listener called once, at once if it has ended already
     */
    public void onEnd(Runnable listener) {
        synchronized (this) {
            if (phase != Phase.ENDED) {
                endListeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    /**
     * Ends the session: closes the connection and tells the server by DELETE.
     *
     * @return completes when the server has answered, at once if there is nothing to end; fails with a {@link
     *     WhipException} if the server refuses or does not answer
     */
    public CompletableFuture<Void> end() {
        final URI uri;
        synchronized (this) {
            uri = phase == Phase.OPEN ? session : null;
        }
        finish();
        return uri == null ? CompletableFuture.completedFuture(null) : delete(uri);
    }

    private CompletableFuture<Void> delete(URI uri) {
        return http.send("DELETE", uri, null, null, "").thenAccept(response -> {
            final int status = response.statusCode();
            if (status / 100 != 2 && status != 404 && status != 410) {
                throw WhipHttp.refusal("DELETE", response);
            }
        });
    }

    /** The end on this side. */
    private void finish() {
        final List<Runnable> told;
        synchronized (this) {
            if (phase == Phase.ENDED) {
                return;
            }
            phase = Phase.ENDED;
            told = List.copyOf(endListeners);
            endListeners.clear();
        }
        connection.close();
        told.forEach(Runnable::run);
    }

    /** {@link #end()} without waiting. */
    @Override
    public void close() {
        end();
    }

    @Override
    public synchronized String toString() {
        return "WhipClient " + endpoint + ", " + phase;
    }

    /** Builds clients. Not for sharing between threads. */
    public static final class Builder {
        private final URI endpoint;
        private final PeerConnection connection;
        private @Nullable HttpClient client;
        private @Nullable String token;
        private Duration timeout = Duration.ofSeconds(15);
        private boolean gatherFirst;
        private boolean useIceServers;
        private boolean restartOnLoss = true;

        private Builder(URI endpoint, PeerConnection connection) {
            this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
            this.connection = Objects.requireNonNull(connection, "connection");
        }

        /**
         * Sets the bearer token (RFC 6750) of every request. It follows the server's redirects.
         *
         * @param value the token
         * @return this
         */
        public Builder token(String value) {
            token = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Uses a client of the caller's, with its certificates and proxies. It should not follow redirects.
         *
         * @param value the client
         * @return this
         */
        public Builder httpClient(HttpClient value) {
            client = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Sets how long one request may take.
         *
         * @param longest 15 s unless set
         * @return this
         */
        public Builder timeout(Duration longest) {
            timeout = Objects.requireNonNull(longest, "longest");
            return this;
        }

        /**
         * Sends the offer with all candidates, later, for servers that take no PATCH.
         *
         * @return this
         */
        public Builder gatherFirst() {
            gatherFirst = true;
            return this;
        }

        /**
         * Uses the STUN and TURN servers that the server tells, beside those of the connection's configuration.
         *
         * @return this
         */
        public Builder useIceServers() {
            useIceServers = true;
            return this;
        }

        /**
         * Leaves a lost path lost: a connection that fails ends the session.
         *
         * @return this
         */
        public Builder noRestarts() {
            restartOnLoss = false;
            return this;
        }

        /**
         * The client.
         *
         * @return a client that has not started
         */
        public WhipClient build() {
            return new WhipClient(this);
        }
    }
}

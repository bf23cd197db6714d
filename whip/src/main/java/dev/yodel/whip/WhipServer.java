package dev.yodel.whip;

import dev.yodel.sdp.Direction;
import dev.yodel.sdp.MediaSection;
import dev.yodel.sdp.Sdp;
import dev.yodel.sdp.SdpFragment;
import dev.yodel.sdp.SdpParseException;
import dev.yodel.webrtc.BundlePolicy;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.SessionDescription;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's half of WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): a request in, a response out. It opens no port and
 * speaks no HTTP by itself; {@link WhipHttpHandler} joins it to the JDK's HTTP server, and a few lines join it to any
 * other. What becomes of the media is the business of the endpoints' {@link WhipEndpoint}. Any thread.
 */
public final class WhipServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WhipServer.class);
    private static final String SDP = "application/sdp";
    private static final int ID_BYTES = 16;
    private static final int MAX_ENDED = 256;
    private static final String METHODS = "OPTIONS, POST, PATCH, DELETE, GET, HEAD";

    private record Route(WhipEndpoint endpoint, boolean publishes) {}

    private final PeerConnectionFactory factory;
    private final Configuration configuration;
    private final Map<String, Route> routes;
    private final WhipAuthorization authorization;
    private final Supplier<List<IceServer>> iceServers;
    private final Set<String> origins;
    private final int maxSessions;
    private final int maxBodyBytes;
    private final Duration connectTimeout;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, ServerSession> sessions = new ConcurrentHashMap<>();

    /**
     * Sessions that ended without being deleted: their endpoints' paths by identifier, the oldest first. Guarded by
     * itself.
     */
    private final Map<String, String> ended = new LinkedHashMap<>();

    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean closed;

    private WhipServer(Builder builder) {
        factory = builder.factory;
        configuration = builder.configuration;
        routes = Map.copyOf(builder.routes);
        authorization = builder.authorization;
        iceServers = builder.iceServers;
        origins = builder.origins;
        maxSessions = builder.maxSessions;
        maxBodyBytes = builder.maxBodyBytes;
        connectTimeout = builder.connectTimeout;
    }

    /**
     * A server to be configured.
     *
     * @param factory makes the sessions' connections; stays the caller's. For publishers that answer no checks any more
     *     once they send, as FFmpeg's muxer, it has settings with {@code ice(ice -> ice.receiveWithoutConsent(true))}: their
     *     sessions would end after 30 s (RFC 7675 section 5.1)
     * @return a builder
     */
    public static Builder builder(PeerConnectionFactory factory) {
        return new Builder(factory);
    }

    /**
     * Sessions that stand or begin.
     *
     * @return how many
     */
    public int sessions() {
        return count.get();
    }

    /**
     * The longest body that is taken. Who reads requests may stop one byte behind.
     *
     * @return bytes
     */
    public int maxBodyBytes() {
        return maxBodyBytes;
    }

    /**
     * Whether a path belongs to this server: an endpoint or something below one.
     *
     * @param path of a request
     * @return whether {@link #handle} would look at it
     */
    public boolean serves(String path) {
        return route(path) != null || route(parent(path)) != null;
    }

    /**
     * Answers one request. It does not wait: the answer to a POST comes when our candidates are gathered.
     *
     * @param request as it came
     * @return the response; never fails
     */
    public CompletableFuture<WhipResponse> handle(WhipRequest request) {
        final CompletableFuture<WhipResponse> result = new CompletableFuture<>();
        CompletableFuture<WhipResponse> answer;
        try {
            answer = dispatch(request);
        } catch (RuntimeException refused) {
            answer = CompletableFuture.failedFuture(refused);
        }
        answer.whenComplete((response, error) ->
                result.complete(crossOrigin(request, response != null ? response : refusal(request, error))));
        return result;
    }

    private CompletableFuture<WhipResponse> dispatch(WhipRequest request) {
        final Route endpoint = route(request.path());
        final boolean below = endpoint == null && route(parent(request.path())) != null;
        if (endpoint == null && !below) {
            throw new WhipException(404, "there is no such endpoint");
        }
        if (request.method().equals("OPTIONS")) {
            // RFC 9725 4.2; a preflight request carries no token, so none is asked for.
            return CompletableFuture.completedFuture(WhipResponse.empty(200)
                    .with("Allow", METHODS)
                    .with(below ? "Accept-Patch" : "Accept-Post", below ? SdpFragment.MEDIA_TYPE : SDP));
        }
        authorize(request);
        if (request.body().length > maxBodyBytes) {
            throw new WhipException(413, "a body has at most " + maxBodyBytes + " bytes");
        }
        return switch (request.method()) {
            // RFC 9725 4.1: there is nothing to see, and that is no error.
            case "GET", "HEAD" -> {
                if (below) {
                    session(request);
                }
                yield CompletableFuture.completedFuture(WhipResponse.empty(204));
            }
            case "POST" -> {
                if (endpoint == null) {
                    throw new WhipException(405, "POST goes to an endpoint, not to a session");
                }
                yield open(endpoint, request);
            }
            case "PATCH" -> patch(session(request), request);
            case "DELETE" -> {
                end(request);
                yield CompletableFuture.completedFuture(WhipResponse.empty(200));
            }
            default -> throw new WhipException(405, "allowed are " + METHODS);
        };
    }

    private @Nullable Route route(String path) {
        if (path.endsWith("/")) {
            return null;
        }
        final Route exact = routes.get(path);
        return exact != null ? exact : routes.get(parent(path) + "/");
    }

    private static String parent(String path) {
        final int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    private void authorize(WhipRequest request) {
        final String header = request.header("Authorization");
        final int space = header == null ? -1 : header.indexOf(' ');
        final String token =
                header != null && space > 0 && header.substring(0, space).equalsIgnoreCase("Bearer")
                        ? header.substring(space + 1).strip()
                        : null;
        if (!authorization.allows(request.path(), token)) {
            throw new WhipException(401, token == null ? "a bearer token is needed" : "the token is wrong");
        }
    }

    /** RFC 9725 4.2: who ended the session by DTLS a moment ago may still delete it, once. */
    private void end(WhipRequest request) {
        final String path = request.path();
        final String id = path.substring(path.lastIndexOf('/') + 1);
        if (sessions.containsKey(id) || !parent(path).equals(takeEnded(id))) {
            session(request).close();
            takeEnded(id);
        }
    }

    private @Nullable String takeEnded(String id) {
        synchronized (ended) {
            return ended.remove(id);
        }
    }

    private void ended(String id, String path) {
        sessions.remove(id);
        count.decrementAndGet();
        synchronized (ended) {
            ended.put(id, path);
            if (ended.size() > MAX_ENDED) {
                ended.remove(ended.keySet().iterator().next());
            }
        }
    }

    private ServerSession session(WhipRequest request) {
        final String path = request.path();
        final ServerSession session = sessions.get(path.substring(path.lastIndexOf('/') + 1));
        if (session == null || !session.path().equals(parent(path))) {
            throw new WhipException(404, "there is no such session; it may have ended");
        }
        return session;
    }

    private static void requireType(WhipRequest request, String type) {
        final String header = request.header("Content-Type");
        final int semicolon = header == null ? -1 : header.indexOf(';');
        final String given = header == null ? "" : semicolon < 0 ? header : header.substring(0, semicolon);
        if (!given.strip().toLowerCase(Locale.ROOT).equals(type)) {
            throw new WhipException(415, "the body must be " + type);
        }
    }

    private CompletableFuture<WhipResponse> open(Route route, WhipRequest request) {
        requireType(request, SDP);
        final SessionDescription offer = SessionDescription.offer(new String(request.body(), StandardCharsets.UTF_8));
        check(ServerSession.parse(offer), route.publishes());
        if (count.incrementAndGet() > maxSessions || closed) {
            count.decrementAndGet();
            throw new WhipException(503, "the server has as many sessions as it takes; try again later");
        }
        final String id = id();
        final PeerConnection connection;
        try {
            connection = factory.newPeerConnection(configuration);
        } catch (RtcException closedFactory) {
            count.decrementAndGet();
            throw closedFactory;
        }
        final ServerSession session = new ServerSession(
                request.path(), connection, route.publishes(), this::entityTag, gone -> ended(id, request.path()));
        sessions.put(id, session);
        if (closed) {
            session.close();
        }
        try {
            route.endpoint().open(session);
        } catch (RuntimeException refused) {
            session.close();
            throw refused;
        }
        connection
                .connected()
                .copy()
                .orTimeout(connectTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, error) -> {
                    if (error != null) {
                        session.close();
                    }
                });
        return session.answer(offer).handle((answer, error) -> {
            if (error != null) {
                session.close();
                throw new CompletionException(error);
            }
            return created(session, request.path() + "/" + id, answer);
        });
    }

    /** RFC 9725 4.4.2 and 4.2; WHEP has the same rules the other way round. */
    private static void check(Sdp offer, boolean publishes) {
        int audio = 0;
        int video = 0;
        for (final MediaSection section : offer.media()) {
            if (section.isRejected() || !section.isRtp()) {
                continue;
            }
            audio += section.type().equals("audio") ? 1 : 0;
            video += section.type().equals("video") ? 1 : 0;
            final Direction direction = offer.direction(section);
            final Direction wrong = publishes ? Direction.RECVONLY : Direction.SENDONLY;
            if (direction == wrong || direction == Direction.INACTIVE) {
                throw new WhipException(
                        422,
                        publishes ? "a publisher offers sendonly or sendrecv" : "a player offers recvonly or sendrecv");
            }
        }
        if (audio + video == 0 || audio > 1 || video > 1) {
            throw new WhipException(422, "an offer has one audio section, one video section, or one of each");
        }
    }

    private WhipResponse created(ServerSession session, String location, SessionDescription answer) {
        for (final MediaSection section : ServerSession.parse(answer).media()) {
            // RFC 9725 4.4.3: no partly successful answers.
            if (section.isRtp() && section.isRejected()) {
                session.close();
                throw new WhipException(422, "none of the offered codecs for " + section.type() + " can be used");
            }
        }
        WhipResponse response = WhipResponse.of(201, SDP, answer.sdp())
                .with("Location", location)
                .with("ETag", session.entityTag())
                .with("Accept-Patch", SdpFragment.MEDIA_TYPE);
        for (final IceServer server : iceServers.get()) {
            for (final String link : IceServerLink.write(server)) {
                response = response.with("Link", link);
            }
        }
        return response;
    }

    private CompletableFuture<WhipResponse> patch(ServerSession session, WhipRequest request) {
        requireType(request, SdpFragment.MEDIA_TYPE);
        final String ifMatch = request.header("If-Match");
        if (ifMatch == null) {
            throw new WhipException(428, "a PATCH needs If-Match with the session's entity tag, or * to restart ICE");
        }
        try {
            return session.patch(ifMatch, SdpFragment.parse(new String(request.body(), StandardCharsets.UTF_8)));
        } catch (SdpParseException e) {
            throw new WhipException(400, e.getMessage() == null ? "the fragment is malformed" : e.getMessage(), e);
        }
    }

    private WhipResponse refusal(WhipRequest request, @Nullable Throwable thrown) {
        final Throwable error = thrown == null ? null : WhipFailure.of(thrown);
        final String words = error == null || error.getMessage() == null ? "the request failed" : error.getMessage();
        if (error instanceof WhipException refused) {
            final int status = refused.status() >= 400 && refused.status() < 600 ? refused.status() : 500;
            final WhipResponse problem = WhipResponse.problem(status, words);
            return switch (status) {
                case 401 -> problem.with("WWW-Authenticate", "Bearer realm=\"whip\"");
                case 405 -> problem.with("Allow", METHODS);
                case 503 -> problem.with("Retry-After", "5");
                default -> problem;
            };
        }
        if (error instanceof InvalidStateException) {
            return WhipResponse.problem(503, "the session ended: " + words);
        }
        if (error instanceof RtcException || error instanceof IllegalArgumentException) {
            return WhipResponse.problem(422, words);
        }
        LOG.warn("an endpoint failed at {}", request, error);
        return WhipResponse.problem(500, "the endpoint failed");
    }

    /** The Fetch standard's part: which pages may read the answer. */
    private WhipResponse crossOrigin(WhipRequest request, WhipResponse response) {
        final String origin = request.header("Origin");
        if (origin == null || !(origins.contains("*") || origins.contains(origin))) {
            return response;
        }
        final WhipResponse open = response.with("Access-Control-Allow-Origin", origin)
                .with("Vary", "Origin")
                .with("Access-Control-Expose-Headers", "Location, ETag, Link, Retry-After");
        return request.method().equals("OPTIONS")
                ? open.with("Access-Control-Allow-Methods", METHODS)
                        .with("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match")
                        .with("Access-Control-Max-Age", "600")
                : open;
    }

    private String id() {
        final byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private String entityTag() {
        return '"' + id() + '"';
    }

    /** Ends all sessions and takes no more. Returns at once. */
    @Override
    public void close() {
        closed = true;
        List.copyOf(sessions.values()).forEach(ServerSession::close);
    }

    @Override
    public String toString() {
        return "WhipServer " + routes.keySet() + ", " + sessions() + " sessions";
    }

    /** Builds servers. Not for sharing between threads. */
    public static final class Builder {
        private final PeerConnectionFactory factory;
        private final Map<String, Route> routes = new TreeMap<>();
        private Configuration configuration =
                Configuration.builder().bundlePolicy(BundlePolicy.MAX_BUNDLE).build();
        private WhipAuthorization authorization = WhipAuthorization.everybody();
        private Supplier<List<IceServer>> iceServers = List::of;
        private Set<String> origins = Set.of();
        private int maxSessions = 200;
        private int maxBodyBytes = 128 << 10;
        private Duration connectTimeout = Duration.ofSeconds(30);

        private Builder(PeerConnectionFactory factory) {
            this.factory = Objects.requireNonNull(factory, "factory");
        }

        private Builder route(String path, Route route) {
            if (!path.startsWith("/") || routes.putIfAbsent(path, route) != null) {
                throw new IllegalArgumentException("paths begin with / and are used once, was " + path);
            }
            return this;
        }

        /**
         * Adds an endpoint that publishers send to (WHIP).
         *
         * @param path begins with a slash; if it ends with one, any single name below it is an endpoint
         * @param endpoint hears of each session
         * @return this
         */
        public Builder publish(String path, WhipEndpoint endpoint) {
            return route(path, new Route(endpoint, true));
        }

        /**
         * Adds an endpoint that players receive from (WHEP).
         *
         * @param path begins with a slash; if it ends with one, any single name below it is an endpoint
         * @param endpoint hears of each session and adds its tracks
         * @return this
         */
        public Builder play(String path, WhipEndpoint endpoint) {
            return route(path, new Route(endpoint, false));
        }

        /**
         * Sets how connections are made.
         *
         * @param value the servers that this side uses, and so on; the default bundles everything (RFC 9725 4.4.1)
         * @return this
         */
        public Builder configuration(Configuration value) {
            configuration = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Sets who may come in.
         *
         * @param rule asked for every request; the default lets everybody in
         * @return this
         */
        public Builder authorization(WhipAuthorization rule) {
            authorization = Objects.requireNonNull(rule, "rule");
            return this;
        }

        /**
         * Tells peers of STUN and TURN servers that they may use.
         *
         * @param servers asked for each session, so that credentials may be made for one; ASCII only
         * @return this
         */
        public Builder iceServers(Supplier<List<IceServer>> servers) {
            iceServers = Objects.requireNonNull(servers, "servers");
            return this;
        }

        /**
         * Lets pages of other origins in (Cross-Origin Resource Sharing).
         *
         * @param allowed such as {@code https://example.org}; {@code *} for all
         * @return this
         */
        public Builder allowOrigins(String... allowed) {
            origins = Set.of(allowed);
            return this;
        }

        /**
         * Sets how many sessions may stand at the same time; who comes then is answered with 503.
         *
         * @param most 1 and more
         * @return this
         */
        public Builder maxSessions(int most) {
            if (most < 1) {
                throw new IllegalArgumentException("maxSessions must be 1 or more, was " + most);
            }
            maxSessions = most;
            return this;
        }

        /**
         * Sets how long a body may be.
         *
         * @param bytes 1 and more; 128 KiB unless set
         * @return this
         */
        public Builder maxBodyBytes(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("maxBodyBytes must be 1 or more, was " + bytes);
            }
            maxBodyBytes = bytes;
            return this;
        }

        /**
         * Sets how long a session may take to connect before it is ended.
         *
         * @param longest 30 s unless set
         * @return this
         */
        public Builder connectTimeout(Duration longest) {
            connectTimeout = Objects.requireNonNull(longest, "longest");
            return this;
        }

        /**
         * The server.
         *
         * @return a server without sessions
         * @throws IllegalStateException if it has no endpoint
         */
        public WhipServer build() {
            if (routes.isEmpty()) {
                throw new IllegalStateException("a server needs an endpoint: call publish or play");
            }
            return new WhipServer(this);
        }
    }
}

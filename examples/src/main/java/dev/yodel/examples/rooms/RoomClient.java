package dev.yodel.examples.rooms;

import com.google.gson.JsonObject;
import dev.yodel.examples.signal.SignalMessage;
import dev.yodel.examples.web.TextClient;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.DataChannelState;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.IceCandidateInit;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.SignalingState;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program in a room: it sends what it is given, and hears, sees and reads the others. One connection, which answers the
 * server's offers. Listeners run on the WebSocket's or the connection's threads and must not block. Any thread.
 *
 * <pre>{@code
 * RoomClient bot = RoomClient.builder(factory).voice(music).join(URI.create("ws://localhost:8080/room/kitchen"),
 * "DJ").join(); bot.onChat((name, text) -> bot.say("You said: " + text)); }</pre>
 */
public final class RoomClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RoomClient.class);

    /** Somebody is shown on a place of this connection. */
    @FunctionalInterface
    public interface SeenListener {
        /**
         * Somebody came into sight.
         *
         * @param source who: the person's id, or the id and {@code /screen}
         * @param name of the person
         * @param sound their voice; silent for a screen
         * @param picture camera or screen
         */
        void onSeen(String source, String name, RemoteTrack sound, RemoteTrack picture);
    }

    /** Makes clients. Not for sharing between threads. */
    public static final class Builder {
        private final PeerConnectionFactory factory;
        private Configuration configuration = Configuration.DEFAULT;
        private @Nullable MediaStreamTrack voice;
        private @Nullable MediaStreamTrack picture;
        private String key = "";
        private @Nullable SeenListener seen;
        private BiConsumer<String, String> chat = (name, text) -> {};
        private Consumer<String> trouble = words -> {};

        private Builder(PeerConnectionFactory factory) {
            this.factory = factory;
        }

        /**
         * Sends sound.
         *
         * @param track of Opus or of raw audio
         * @return this
         */
        public Builder voice(MediaStreamTrack track) {
            voice = track;
            return this;
        }

        /**
         * Sends a picture.
         *
         * @param track of VP8; frames may say by {@code withRid} which of the layers q, h and f they are
         * @return this
         */
        public Builder picture(MediaStreamTrack track) {
            picture = track;
            return this;
        }

        /**
         * Sets the room's key.
         *
         * @param value the key
         * @return this
         */
        public Builder key(String value) {
            key = value;
            return this;
        }

        /**
         * Sets the STUN and TURN servers.
         *
         * @param value W3C's configuration
         * @return this
         */
        public Builder configuration(Configuration value) {
            configuration = value;
            return this;
        }

        /**
         * Sees others.
         *
         * @param listener hears of everyone who comes into sight
         * @return this
         */
        public Builder onSeen(SeenListener listener) {
            seen = listener;
            return this;
        }

        /**
         * Reads what others write.
         *
         * @param listener gets name and text
         * @return this
         */
        public Builder onChat(BiConsumer<String, String> listener) {
            chat = listener;
            return this;
        }

        /**
         * Hears what goes wrong once it is in the room: what the server complains of, and what it says that nobody
         * understands. The call goes on.
         *
         * @param listener gets words
         * @return this
         */
        public Builder onTrouble(Consumer<String> listener) {
            trouble = listener;
            return this;
        }

        /**
         * Joins.
         *
         * @param room the WebSocket of the room, such as {@code ws://localhost:8080/room/kitchen}
         * @param name what the others see
         * @return the client when the server let it in; fails with the server's words if it does not
         */
        public CompletableFuture<RoomClient> join(URI room, String name) {
            final RoomClient client = new RoomClient(this);
            return TextClient.connect(room, client.new Incoming())
                    .thenCompose(socket -> client.enter(socket, name, key))
                    .whenComplete((entered, failure) -> {
                        if (failure != null) {
                            client.close();
                        }
                    });
        }
    }

    private final PeerConnection connection;
    private final @Nullable MediaStreamTrack voice;
    private final @Nullable MediaStreamTrack picture;
    private final @Nullable SeenListener seen;
    private final BiConsumer<String, String> chat;
    private final Consumer<String> trouble;
    private final CompletableFuture<RoomClient> joined = new CompletableFuture<>();
    private final CompletableFuture<String> over = new CompletableFuture<>();

    // Guarded by this.
    private final Map<String, String> names = new HashMap<>();
    private List<RoomEvent.Place> places = List.of();
    private List<String> seats = List.of();
    private final Map<Integer, String> told = new HashMap<>();
    private @Nullable TextClient socket;
    private @Nullable DataChannel channel;
    private String id = "";
    private String token = "";
    private boolean published;
    /** Offers and candidates one after the other, as they came: an answer belongs to one offer. */
    private CompletableFuture<?> turn = CompletableFuture.completedFuture("");

    private RoomClient(Builder builder) {
        voice = builder.voice;
        picture = builder.picture;
        seen = builder.seen;
        chat = builder.chat;
        trouble = builder.trouble;
        connection = builder.factory.newPeerConnection(builder.configuration);
        connection.onIceCandidate(event -> {
            final IceCandidate candidate = event.candidate();
            tell(
                    candidate == null
                            ? new SignalMessage.EndOfCandidates().toJson()
                            : new SignalMessage.Candidate(
                                            candidate.candidate(),
                                            candidate.sdpMid(),
                                            candidate.sdpMLineIndex(),
                                            candidate.usernameFragment())
                                    .toJson());
        });
        connection.onDataChannel(event -> {
            synchronized (this) {
                channel = event.channel();
            }
            event.channel().onMessage(message -> {
                if (message.isText()) {
                    read(message.text());
                }
            });
        });
    }

    /**
     * A client to be configured.
     *
     * @param factory makes its connection; stays the caller's
     * @return a builder
     */
    public static Builder builder(PeerConnectionFactory factory) {
        return new Builder(factory);
    }

    private CompletableFuture<RoomClient> enter(TextClient opened, String name, String key) {
        synchronized (this) {
            socket = opened;
        }
        final JsonObject join = new JsonObject();
        join.addProperty("name", name);
        join.addProperty("key", key);
        opened.send(RoomMessage.of("join", join).toString());
        return joined;
    }

    private void tell(String text) {
        final TextClient open;
        synchronized (this) {
            open = socket;
        }
        if (open != null) {
            open.send(text);
        }
    }

    private void read(String json) {
        try {
            final RoomEvent.Line line = RoomEvent.parseLine(json);
            call(() -> chat.accept(line.name(), line.text()));
        } catch (RoomMessage.Malformed e) {
            stumble("the server sent a line that is none: " + e.words());
        }
    }

    private final class Incoming implements TextClient.Listener {
        @Override
        public void onText(String text) {
            try {
                receive(RoomEvent.parse(text));
            } catch (RoomMessage.Malformed e) {
                stumble("the server sent what is no message: " + e.words());
            }
        }

        @Override
        public void onClosed(String reason) {
            joined.completeExceptionally(new IllegalStateException(reason));
            over.complete(reason);
        }
    }

    /** Before we are in it is the end, afterwards it is news. */
    private void stumble(String words) {
        if (!joined.completeExceptionally(new IllegalStateException(words))) {
            call(() -> trouble.accept(words));
        }
    }

    /** What others' code throws ends neither the WebSocket nor the connection. */
    private static void call(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.warn("a listener of a room's client failed; the call goes on", e);
        }
    }

    private void receive(RoomEvent event) {
        if (event instanceof RoomEvent.Offer offer) {
            inTurn(() -> answer(offer));
        } else if (event instanceof RoomEvent.Negotiate negotiate) {
            inTurn(() -> add(negotiate.message()));
        } else if (event instanceof RoomEvent.Joined told) {
            synchronized (this) {
                id = told.id();
                token = told.token();
                told.people().forEach(this::note);
            }
            joined.complete(this);
        } else if (event instanceof RoomEvent.Person person) {
            synchronized (this) {
                note(person);
            }
        } else if (event instanceof RoomEvent.Gone gone) {
            synchronized (this) {
                names.remove(gone.id());
            }
        } else if (event instanceof RoomEvent.Seats now) {
            synchronized (this) {
                seats = now.sources();
            }
            show();
        } else if (event instanceof RoomEvent.Failure failure) {
            stumble(failure.code() + ": " + failure.message());
        }
    }

    private void note(RoomEvent.Person person) {
        names.put(person.id(), person.name());
    }

    private synchronized void inTurn(Supplier<CompletableFuture<?>> step) {
        turn = turn.thenCompose(done -> step.get()).handle((done, failure) -> {
            // When we are closed meanwhile, nobody misses it.
            if (failure != null && connection.signalingState() != SignalingState.CLOSED) {
                stumble("the server's description or candidate cannot be used: "
                        + RtcException.of(failure).getMessage());
            }
            return "";
        });
    }

    private CompletableFuture<?> add(SignalMessage message) {
        return message instanceof SignalMessage.Candidate candidate
                ? connection.addIceCandidate(new IceCandidateInit(
                        candidate.candidate(),
                        candidate.sdpMid(),
                        candidate.sdpMLineIndex(),
                        candidate.usernameFragment()))
                : connection.addIceCandidate();
    }

    private CompletableFuture<?> answer(RoomEvent.Offer offer) {
        return connection
                .setRemoteDescription(SessionDescription.offer(offer.sdp()))
                .thenCompose(done -> {
                    synchronized (this) {
                        places = offer.places();
                    }
                    publish(offer);
                    return connection.setLocalDescription();
                })
                .thenAccept(answer -> {
                    tell(new SignalMessage.Description("answer", answer.sdp()).toJson());
                    show();
                });
    }

    private @Nullable RtpTransceiver transceiver(@Nullable String mid) {
        for (final RtpTransceiver transceiver : connection.getTransceivers()) {
            if (mid != null && mid.equals(transceiver.mid())) {
                return transceiver;
            }
        }
        return null;
    }

    /** The first offer says where our tracks belong. */
    private void publish(RoomEvent.Offer offer) {
        synchronized (this) {
            if (published) {
                return;
            }
            published = true;
        }
        attach(transceiver(offer.audio()), voice);
        attach(transceiver(offer.camera()), picture);
        final JsonObject what = new JsonObject();
        what.addProperty("audio", voice != null);
        what.addProperty("video", picture != null);
        what.addProperty("screen", false);
        tell(RoomMessage.of("publish", what).toString());
    }

    private void attach(@Nullable RtpTransceiver transceiver, @Nullable MediaStreamTrack track) {
        if (transceiver != null && track != null) {
            transceiver.direction(RtpTransceiverDirection.SENDONLY);
            transceiver.sender().replaceTrack(track).exceptionally(failure -> {
                stumble("our track fits no section of the offer: "
                        + RtcException.of(failure).getMessage());
                return null;
            });
        }
    }

    private void show() {
        final SeenListener listener = seen;
        if (listener == null) {
            return;
        }
        final List<Runnable> news = new ArrayList<>();
        synchronized (this) {
            for (int i = 0; i < Math.min(places.size(), seats.size()); i++) {
                final String source = seats.get(i);
                final RtpTransceiver sound = transceiver(places.get(i).audio());
                final RtpTransceiver image = transceiver(places.get(i).video());
                if (sound == null || image == null || source.equals(told.get(i))) {
                    continue;
                }
                if (sound.receiver().track().kind() != MediaKind.AUDIO
                        || image.receiver().track().kind() != MediaKind.VIDEO) {
                    continue;
                }
                told.put(i, source);
                if (!source.isEmpty()) {
                    final int slash = source.indexOf('/');
                    final String person = slash < 0 ? source : source.substring(0, slash);
                    final String name = names.getOrDefault(person, person);
                    news.add(() -> listener.onSeen(
                            source,
                            name,
                            sound.receiver().track(),
                            image.receiver().track()));
                }
            }
        }
        news.forEach(RoomClient::call);
    }

    /**
     * Writes a line for everyone in the room.
     *
     * @param text at most 2,000 characters
     * @return false while the channel is not open
     */
    public boolean say(String text) {
        final DataChannel open;
        synchronized (this) {
            open = channel;
        }
        if (open == null || open.readyState() != DataChannelState.OPEN) {
            return false;
        }
        open.sendAsync(text);
        return true;
    }

    /**
     * Tells how large others are shown, so that no more comes than is needed.
     *
     * @param heights pixels by source; what is not named is not sent
     */
    public void view(Map<String, Integer> heights) {
        final JsonObject view = new JsonObject();
        heights.forEach(view::addProperty);
        tell(RoomMessage.of("view", view).toString());
    }

    /**
     * Begins or ends a recording, where the server allows it.
     *
     * @param on which
     */
    public void record(boolean on) {
        final JsonObject recording = new JsonObject();
        recording.addProperty("on", on);
        tell(RoomMessage.of("record", recording).toString());
    }

    /**
     * Who this is.
     *
     * @return the id that the server gave
     */
    public synchronized String id() {
        return id;
    }

    /**
     * What lets this person come back after a lost WebSocket. A secret.
     *
     * @return the token that the server gave
     */
    public synchronized String token() {
        return token;
    }

    /**
     * The connection, for statistics.
     *
     * @return ours
     */
    public PeerConnection connection() {
        return connection;
    }

    /**
     * The end.
     *
     * @return completes with the reason when the server closes the WebSocket, or it is lost
     */
    public CompletableFuture<String> over() {
        return over.copy();
    }

    /** Leaves the room. */
    @Override
    public void close() {
        tell("{\"leave\":{}}");
        final TextClient open;
        synchronized (this) {
            open = socket;
        }
        if (open != null) {
            open.close();
        }
        connection.close();
    }

    @Override
    public String toString() {
        return "RoomClient " + id() + " " + connection.connectionState();
    }
}

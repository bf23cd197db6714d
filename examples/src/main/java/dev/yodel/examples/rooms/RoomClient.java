package dev.yodel.examples.rooms;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.yodel.examples.signal.SignalMessage;
import dev.yodel.examples.web.TextClient;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.DataChannelState;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.IceCandidateInit;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.SessionDescription;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A program in a room: it sends what it is given, and hears, sees and reads the others. One connection, which answers the
 * server's offers. Listeners run on the WebSocket's or the connection's threads and must not block. Any thread.
 *
 * <pre>{@code
 * RoomClient bot = RoomClient.builder(factory).voice(music).join(URI.create("ws://localhost:8080/room/kitchen"), "DJ").join();
 * bot.onChat((name, text) -> bot.say("You said: " + text));
 * }</pre>
 */
public final class RoomClient implements AutoCloseable {
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
         * Joins.
         *
         * @param room the WebSocket of the room, such as {@code ws://localhost:8080/room/kitchen}
         * @param name what the others see
         * @return the client when the server let it in; fails with the server's words if it does not
         */
        public CompletableFuture<RoomClient> join(URI room, String name) {
            final RoomClient client = new RoomClient(this);
            return TextClient.connect(room, client.new Incoming())
                    .thenCompose(socket -> client.enter(socket, name, key));
        }
    }

    private final PeerConnection connection;
    private final @Nullable MediaStreamTrack voice;
    private final @Nullable MediaStreamTrack picture;
    private final @Nullable SeenListener seen;
    private final BiConsumer<String, String> chat;
    private final CompletableFuture<RoomClient> joined = new CompletableFuture<>();
    private final CompletableFuture<String> over = new CompletableFuture<>();

    // Guarded by this.
    private final Map<String, String> names = new HashMap<>();
    private final List<JsonObject> places = new ArrayList<>();
    private List<String> seats = List.of();
    private final Map<Integer, String> told = new HashMap<>();
    private @Nullable TextClient socket;
    private @Nullable DataChannel channel;
    private String id = "";
    private String token = "";
    private boolean published;

    private RoomClient(Builder builder) {
        voice = builder.voice;
        picture = builder.picture;
        seen = builder.seen;
        chat = builder.chat;
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
        final String name;
        final String text;
        try {
            final JsonObject message = JsonParser.parseString(json).getAsJsonObject();
            if (!message.has("name") || !message.has("text")) {
                return;
            }
            name = message.get("name").getAsString();
            text = message.get("text").getAsString();
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
            fail("the server sent a line that is none: " + e.getMessage());
            return;
        }
        chat.accept(name, text);
    }

    private final class Incoming implements TextClient.Listener {
        @Override
        public void onText(String text) {
            try {
                final JsonElement json = JsonParser.parseString(text);
                if (json.isJsonNull()) {
                    connection.addIceCandidate().exceptionally(closed -> null);
                } else {
                    receive(json.getAsJsonObject());
                }
            } catch (JsonParseException | IllegalStateException | RtcException e) {
                fail("the server sent something unknown: " + e.getMessage());
            }
        }

        @Override
        public void onClosed(String reason) {
            fail(reason);
            over.complete(reason);
        }
    }

    private void fail(String words) {
        joined.completeExceptionally(new IllegalStateException(words));
    }

    private void receive(JsonObject message) {
        if (message.has("type")) {
            answer(message);
        } else if (message.has("candidate")) {
            final JsonElement mid = message.get("sdpMid");
            final JsonElement index = message.get("sdpMLineIndex");
            connection
                    .addIceCandidate(new IceCandidateInit(
                            message.get("candidate").getAsString(),
                            mid == null || mid.isJsonNull() ? null : mid.getAsString(),
                            index == null || index.isJsonNull() ? null : (Integer) index.getAsInt(),
                            null))
                    .exceptionally(closed -> null);
        } else if (message.get("joined") instanceof JsonObject told) {
            synchronized (this) {
                id = told.get("id").getAsString();
                token = told.get("token").getAsString();
                told.getAsJsonArray("members").forEach(one -> note(one.getAsJsonObject()));
            }
            joined.complete(this);
        } else if (message.get("member") instanceof JsonObject member) {
            synchronized (this) {
                note(member);
            }
        } else if (message.has("gone")) {
            synchronized (this) {
                names.remove(message.get("gone").getAsString());
            }
        } else if (message.has("seats")) {
            final List<String> now = new ArrayList<>();
            message.getAsJsonArray("seats").forEach(seat -> now.add(seat.isJsonNull() ? "" : seat.getAsString()));
            synchronized (this) {
                seats = now;
            }
            show();
        } else if (message.get("error") instanceof JsonObject error) {
            fail(error.get("code").getAsString() + ": " + error.get("message").getAsString());
        }
    }

    private void note(JsonObject member) {
        names.put(member.get("id").getAsString(), member.get("name").getAsString());
    }

    private void answer(JsonObject offer) {
        connection
                .setRemoteDescription(SessionDescription.offer(offer.get("sdp").getAsString()))
                .thenCompose(done -> {
                    synchronized (this) {
                        places.clear();
                        offer.getAsJsonArray("places").forEach(place -> places.add(place.getAsJsonObject()));
                    }
                    publish(offer.getAsJsonObject("send"));
                    return connection.setLocalDescription();
                })
                .thenAccept(answer -> {
                    tell(new SignalMessage.Description("answer", answer.sdp()).toJson());
                    show();
                })
                .exceptionally(failure -> {
                    fail(String.valueOf(RtcException.of(failure).getMessage()));
                    return null;
                });
    }

    private @Nullable RtpTransceiver transceiver(JsonElement mid) {
        for (final RtpTransceiver transceiver : connection.getTransceivers()) {
            if (!mid.isJsonNull() && mid.getAsString().equals(transceiver.mid())) {
                return transceiver;
            }
        }
        return null;
    }

    /** The first offer says where our tracks belong. */
    private void publish(JsonObject send) {
        synchronized (this) {
            if (published) {
                return;
            }
            published = true;
        }
        attach(transceiver(send.get("audio")), voice);
        attach(transceiver(send.get("camera")), picture);
        final JsonObject what = new JsonObject();
        what.addProperty("audio", voice != null);
        what.addProperty("video", picture != null);
        what.addProperty("screen", false);
        tell(RoomMessage.of("publish", what).toString());
    }

    private static void attach(@Nullable RtpTransceiver transceiver, @Nullable MediaStreamTrack track) {
        if (transceiver != null && track != null) {
            transceiver.direction(RtpTransceiverDirection.SENDONLY);
            transceiver.sender().replaceTrack(track);
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
                final RtpTransceiver sound = transceiver(places.get(i).get("audio"));
                final RtpTransceiver image = transceiver(places.get(i).get("video"));
                if (sound == null || image == null || source.equals(told.get(i))) {
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
        news.forEach(Runnable::run);
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

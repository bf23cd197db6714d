package dev.yodel.examples.signal;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import org.jspecify.annotations.Nullable;

/**
 * One message of the signaling WebSocket. Descriptions and candidates have the shape that {@code JSON.stringify} gives
 * them in a browser; a candidate of {@code null} says that there are no more.
 */
public sealed interface SignalMessage {
    /**
     * An RTCSessionDescription.
     *
     * @param type {@code offer}, {@code answer}, {@code pranswer} or {@code rollback}
     * @param sdp the text; empty for a rollback
     */
    record Description(String type, String sdp) implements SignalMessage {}

    /**
     * An RTCIceCandidate.
     *
     * @param candidate {@code candidate:...}, or an empty string for the end of a generation
     * @param sdpMid the m-line's identification, or null
     * @param sdpMLineIndex the m-line's place from 0, or null
     * @param usernameFragment the ICE generation it belongs to, or null
     */
    record Candidate(
            String candidate,
            @Nullable String sdpMid,
            @Nullable Integer sdpMLineIndex,
            @Nullable String usernameFragment)
            implements SignalMessage {}

    /** A browser's {@code null} candidate: no more will come. */
    record EndOfCandidates() implements SignalMessage {}

    /**
     * Server to client: you are in.
     *
     * @param room its name
     * @param polite whether you give way when both offer; the later peer is impolite and offers
     */
    record Joined(String room, boolean polite) implements SignalMessage {}

    /**
     * Server to client: the other peer came or went.
     *
     * @param present whether it is there now
     * @param polite whether you give way from now on
     */
    record Peer(boolean present, boolean polite) implements SignalMessage {}

    /** Client to server: I go. */
    record Leave() implements SignalMessage {}

    /** Server to client: you are out, by your own wish. */
    record Left() implements SignalMessage {}

    /**
     * Server to client: your last message was not taken.
     *
     * @param code one short word for programs
     * @param message a sentence for people
     */
    record Failure(String code, String message) implements SignalMessage {}

    /** Why a text is no message: {@link #code()} for programs, {@link #getMessage()} for people. */
    final class Malformed extends Exception {
        private static final long serialVersionUID = 1;
        private final String code;

        Malformed(String code, String message) {
            super(message);
            this.code = code;
        }

        /**
         * The kind of fault.
         *
         * @return {@code malformed} or {@code unknown-message}
         */
        public String code() {
            return code;
        }
    }

    /**
     * Reads one message.
     *
     * @param text JSON
     * @return the message
     * @throws Malformed if it is not JSON, or none of the shapes above
     */
    static SignalMessage parse(String text) throws Malformed {
        final JsonElement json = Json.read(text);
        if (json.isJsonNull()) {
            return new EndOfCandidates();
        }
        if (!json.isJsonObject()) {
            throw new Malformed("unknown-message", "a message is a JSON object");
        }
        final JsonObject object = json.getAsJsonObject();
        if (object.has("type")) {
            return Json.description(object);
        }
        if (object.has("candidate")) {
            return Json.candidate(object);
        }
        if (object.get("joined") instanceof JsonObject joined) {
            return new Joined(Json.text(joined, "room"), Json.flag(joined, "polite"));
        }
        if (object.get("peer") instanceof JsonObject peer) {
            return new Peer(Json.flag(peer, "present"), Json.flag(peer, "polite"));
        }
        if (object.has("leave")) {
            return new Leave();
        }
        if (object.has("left")) {
            return new Left();
        }
        if (object.get("error") instanceof JsonObject error) {
            return new Failure(Json.text(error, "code"), Json.text(error, "message"));
        }
        throw new Malformed(
                "unknown-message", "unknown message: send {type, sdp}, {candidate, sdpMid, sdpMLineIndex} or {leave}");
    }

    /**
     * Writes the message.
     *
     * @return JSON on one line
     */
    default String toJson() {
        return Json.write(this).toString();
    }

    /** The JSON side of the messages. */
    final class Json {
        private Json() {}

        static JsonElement read(String text) throws Malformed {
            if (text.isBlank()) {
                throw new Malformed("malformed", "the message is empty");
            }
            final JsonReader reader = new JsonReader(new StringReader(text));
            reader.setStrictness(Strictness.STRICT);
            try {
                final JsonElement json = JsonParser.parseReader(reader);
                if (reader.peek() != JsonToken.END_DOCUMENT) {
                    throw new Malformed("malformed", "something follows the JSON value");
                }
                return json;
            } catch (JsonParseException | IOException | NumberFormatException e) {
                throw new Malformed("malformed", "this is not JSON: " + brief(e));
            }
        }

        static JsonElement write(SignalMessage message) {
            final JsonObject json = new JsonObject();
            if (message instanceof Description description) {
                json.addProperty("type", description.type());
                json.addProperty("sdp", description.sdp());
            } else if (message instanceof Candidate candidate) {
                json.addProperty("candidate", candidate.candidate());
                json.addProperty("sdpMid", candidate.sdpMid());
                json.addProperty("sdpMLineIndex", candidate.sdpMLineIndex());
                json.addProperty("usernameFragment", candidate.usernameFragment());
            } else if (message instanceof EndOfCandidates) {
                return JsonNull.INSTANCE;
            } else if (message instanceof Joined joined) {
                final JsonObject inner = new JsonObject();
                inner.addProperty("room", joined.room());
                inner.addProperty("polite", joined.polite());
                json.add("joined", inner);
            } else if (message instanceof Peer peer) {
                final JsonObject inner = new JsonObject();
                inner.addProperty("present", peer.present());
                inner.addProperty("polite", peer.polite());
                json.add("peer", inner);
            } else if (message instanceof Leave) {
                json.add("leave", new JsonObject());
            } else if (message instanceof Left) {
                json.add("left", new JsonObject());
            } else if (message instanceof Failure failure) {
                final JsonObject inner = new JsonObject();
                inner.addProperty("code", failure.code());
                inner.addProperty("message", failure.message());
                json.add("error", inner);
            }
            return json;
        }

        static Description description(JsonObject object) throws Malformed {
            final String type = text(object, "type");
            final boolean rollback = type.equals("rollback");
            if (!rollback && !type.equals("offer") && !type.equals("answer") && !type.equals("pranswer")) {
                throw new Malformed("unknown-message", "a description's type is offer, answer, pranswer or rollback");
            }
            return new Description(type, rollback && !object.has("sdp") ? "" : text(object, "sdp"));
        }

        static SignalMessage candidate(JsonObject object) throws Malformed {
            if (object.get("candidate").isJsonNull()) {
                return new EndOfCandidates();
            }
            final JsonElement index = object.get("sdpMLineIndex");
            Integer line = null;
            if (index != null && !index.isJsonNull()) {
                line = lineIndex(index);
            }
            return new Candidate(
                    text(object, "candidate"),
                    optionalText(object, "sdpMid"),
                    line,
                    optionalText(object, "usernameFragment"));
        }

        private static int lineIndex(JsonElement index) throws Malformed {
            if (index instanceof JsonPrimitive number && number.isNumber()) {
                final double value = number.getAsDouble();
                if (value >= 0 && value <= 65_535 && value == Math.rint(value)) {
                    return (int) value;
                }
            }
            throw new Malformed("malformed", "sdpMLineIndex is a number from 0 to 65535");
        }

        static String text(JsonObject object, String name) throws Malformed {
            final String value = optionalText(object, name);
            if (value == null) {
                throw new Malformed("malformed", "\"" + name + "\" is missing");
            }
            return value;
        }

        private static @Nullable String optionalText(JsonObject object, String name) throws Malformed {
            final JsonElement value = object.get(name);
            if (value == null || value.isJsonNull()) {
                return null;
            }
            if (value instanceof JsonPrimitive primitive && primitive.isString()) {
                return primitive.getAsString();
            }
            throw new Malformed("malformed", "\"" + name + "\" is not a text");
        }

        static boolean flag(JsonObject object, String name) throws Malformed {
            if (object.get(name) instanceof JsonPrimitive primitive && primitive.isBoolean()) {
                return primitive.getAsBoolean();
            }
            throw new Malformed("malformed", "\"" + name + "\" is not true or false");
        }

        private static String brief(Throwable e) {
            final String message = e.getMessage();
            if (message == null) {
                return "too deep";
            }
            final int end = message.indexOf('\n');
            return message.substring(0, Math.min(end < 0 ? message.length() : end, 160));
        }
    }
}

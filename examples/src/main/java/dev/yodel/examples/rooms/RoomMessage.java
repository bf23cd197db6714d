package dev.yodel.examples.rooms;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.yodel.examples.signal.SignalMessage;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the people of a room say to it: JSON, one object a message. Descriptions and candidates have the shape of
 * {@link SignalMessage}. Everything is bounded here, so that a room never meets a text that is too long.
 */
sealed interface RoomMessage {
    /** The longest name of a person, in characters. */
    int MAX_NAME = 40;
    /** The longest key of a room, and the longest token. */
    int MAX_SECRET = 128;
    /** The longest message but for descriptions, in characters. */
    int MAX_TEXT = 16_384;
    /** The longest description. */
    int MAX_SDP = 262_144;
    /** How many tiles one page can say the size of. */
    int MAX_VIEWS = 256;

    /**
     * The first message: let me in.
     *
     * @param name of the person, trimmed, without control characters
     * @param key the room's, or empty
     * @param resume the token of who was here before, or null
     */
    record Join(String name, String key, @Nullable String resume) implements RoomMessage {}

    /**
     * A description or a candidate.
     *
     * @param message which
     */
    record Negotiate(SignalMessage message) implements RoomMessage {}

    /**
     * What I send from now on.
     *
     * @param audio sound
     * @param video the camera
     * @param screen the screen
     */
    record Publish(boolean audio, boolean video, boolean screen) implements RoomMessage {}

    /**
     * How large I show the others.
     *
     * @param heights pixels by source; 0 for what is not in sight. Sources that are not named are not shown.
     */
    record View(Map<String, Integer> heights) implements RoomMessage {}

    /** My network changed: restart ICE. */
    record Restart() implements RoomMessage {}

    /**
     * Begin or end a recording.
     *
     * @param on which
     */
    record Recording(boolean on) implements RoomMessage {}

    /** I go. */
    record Leave() implements RoomMessage {}

    /** Why a text is no message. */
    final class Malformed extends Exception {
        private static final long serialVersionUID = 1;
        private final String code;

        Malformed(String code, String message) {
            super(message);
            this.code = code;
        }

        String code() {
            return code;
        }

        String words() {
            final String message = getMessage();
            return message == null ? code : message;
        }
    }

    /**
     * Reads a message.
     *
     * @param text JSON
     * @return the message
     * @throws Malformed if it is none
     */
    static RoomMessage parse(String text) throws Malformed {
        if (text.length() > MAX_SDP) {
            throw new Malformed("too-large", "a message has at most " + MAX_SDP + " characters");
        }
        final JsonElement json = read(text);
        if (json.isJsonNull()) {
            return negotiate(text, Negotiate::new);
        }
        if (!(json instanceof JsonObject object)) {
            throw new Malformed("malformed", "a message is a JSON object");
        }
        if (object.has("type") || object.has("candidate")) {
            return negotiate(text, Negotiate::new);
        }
        if (text.length() > MAX_TEXT) {
            throw new Malformed("too-large", "such a message has at most " + MAX_TEXT + " characters");
        }
        if (object.get("join") instanceof JsonObject join) {
            final String resume = join.has("resume") ? text(join, "resume", MAX_SECRET) : null;
            final String key = join.has("key") ? text(join, "key", MAX_SECRET) : "";
            return new Join(cleanName(text(join, "name", 4 * MAX_NAME)), key, resume);
        }
        if (object.get("publish") instanceof JsonObject publish) {
            return new Publish(flag(publish, "audio"), flag(publish, "video"), flag(publish, "screen"));
        }
        if (object.get("view") instanceof JsonObject view) {
            return view(view);
        }
        if (object.has("restart")) {
            return new Restart();
        }
        if (object.get("record") instanceof JsonObject recording) {
            return new Recording(flag(recording, "on"));
        }
        if (object.has("leave")) {
            return new Leave();
        }
        throw new Malformed("unknown-message", "unknown message");
    }

    /** One line of at most {@link #MAX_NAME} characters: no controls, nothing that turns the direction of writing. */
    static String cleanName(String given) {
        final StringBuilder clean = new StringBuilder();
        given.codePoints().forEach(c -> {
            final int type = Character.getType(c);
            final boolean shown = type != Character.CONTROL
                    && type != Character.FORMAT
                    && type != Character.SURROGATE
                    && type != Character.LINE_SEPARATOR
                    && type != Character.PARAGRAPH_SEPARATOR;
            if (shown && clean.length() < MAX_NAME - 1) {
                clean.appendCodePoint(c);
            }
        });
        final String name = clean.toString().strip();
        return name.isEmpty() ? "guest" : name;
    }

    /** Reads a description or a candidate, whichever side says it. */
    static <T> T negotiate(String text, Function<SignalMessage, T> of) throws Malformed {
        try {
            return of.apply(SignalMessage.parse(text));
        } catch (SignalMessage.Malformed e) {
            throw new Malformed(e.code(), String.valueOf(e.getMessage()));
        }
    }

    private static View view(JsonObject json) throws Malformed {
        if (json.size() > MAX_VIEWS) {
            throw new Malformed("too-large", "a view has at most " + MAX_VIEWS + " sources");
        }
        final Map<String, Integer> heights = new HashMap<>();
        for (final Map.Entry<String, JsonElement> entry : json.entrySet()) {
            if (!(entry.getValue() instanceof JsonPrimitive number) || !number.isNumber()) {
                throw new Malformed("malformed", "a height is a number");
            }
            final double height = number.getAsDouble();
            if (!(height >= 0 && height <= 100_000)) {
                throw new Malformed("malformed", "a height is 0 to 100000");
            }
            heights.put(entry.getKey(), (int) height);
        }
        return new View(Map.copyOf(heights));
    }

    /** Reads one JSON value, strictly. */
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
            throw new Malformed("malformed", "this is not JSON");
        }
    }

    /** A member that is a text of bounded length. */
    static String text(JsonObject object, String name, int longest) throws Malformed {
        if (object.get(name) instanceof JsonPrimitive primitive && primitive.isString()) {
            final String value = primitive.getAsString();
            if (value.length() > longest) {
                throw new Malformed("too-large", "\"" + name + "\" has at most " + longest + " characters");
            }
            return value;
        }
        throw new Malformed("malformed", "\"" + name + "\" is a text");
    }

    private static boolean flag(JsonObject object, String name) throws Malformed {
        if (object.get(name) instanceof JsonPrimitive primitive && primitive.isBoolean()) {
            return primitive.getAsBoolean();
        }
        throw new Malformed("malformed", "\"" + name + "\" is true or false");
    }

    /** A message with one member, which is an object. */
    static JsonObject of(String name, JsonObject inner) {
        final JsonObject message = new JsonObject();
        message.add(name, inner);
        return message;
    }

    /** A complaint. */
    static String error(String code, String words) {
        final JsonObject error = new JsonObject();
        error.addProperty("code", code);
        error.addProperty("message", words);
        return of("error", error).toString();
    }

    /** Texts as a JSON array. */
    static JsonArray array(Iterable<String> texts) {
        final JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }
}

package dev.yodel.examples.rooms;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.yodel.examples.signal.SignalMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a room says to a program in it: the other direction of {@link RoomMessage}, read as strictly, because a server may
 * be anybody's.
 */
sealed interface RoomEvent {
    /** More people or places than any room of ours has. */
    int MAX_LIST = 10_000;

    /** The longest id, name, token or mid. */
    int MAX_WORD = 256;

    /**
     * Somebody in the room.
     *
     * @param id that the server gave
     * @param name that they chose
     */
    record Person(String id, String name) implements RoomEvent {}

    /**
     * We are in.
     *
     * @param id ours
     * @param token lets us come back
     * @param people who is there, we included
     */
    record Joined(String id, String token, List<Person> people) implements RoomEvent {}

    /**
     * Two sections that show somebody.
     *
     * @param audio mid, or null while it has none
     * @param video mid, or null
     */
    record Place(@Nullable String audio, @Nullable String video) {}

    /**
     * An offer, which is to be answered.
     *
     * @param sdp the description
     * @param audio mid of the section that takes our sound
     * @param camera mid of the section that takes our picture
     * @param places those that show others
     */
    record Offer(String sdp, @Nullable String audio, @Nullable String camera, List<Place> places)
            implements RoomEvent {}

    /**
     * A candidate, or the end of them.
     *
     * @param message which
     */
    record Negotiate(SignalMessage message) implements RoomEvent {}

    /**
     * Somebody left.
     *
     * @param id whose
     */
    record Gone(String id) implements RoomEvent {}

    /**
     * Who is shown on which place.
     *
     * @param sources one for each place; empty for nobody
     */
    record Seats(List<String> sources) implements RoomEvent {}

    /**
     * A line of chat.
     *
     * @param name of who wrote it
     * @param text the line
     */
    record Line(String name, String text) implements RoomEvent {}

    /**
     * A complaint about something that we said.
     *
     * @param code for programs
     * @param message for people
     */
    record Failure(String code, String message) implements RoomEvent {}

    /** News that a program has no use for, or that a later server has. */
    record Other() implements RoomEvent {}

    /**
     * Reads what came over the WebSocket.
     *
     * @param text JSON
     * @return the event
     * @throws RoomMessage.Malformed if it is none
     */
    static RoomEvent parse(String text) throws RoomMessage.Malformed {
        final JsonElement json = RoomMessage.read(text);
        if (json.isJsonNull()) {
            return RoomMessage.negotiate(text, Negotiate::new);
        }
        if (!(json instanceof JsonObject object)) {
            throw new RoomMessage.Malformed("malformed", "a message is a JSON object");
        }
        if (object.has("type")) {
            return offer(object);
        }
        if (object.has("candidate")) {
            return RoomMessage.negotiate(text, Negotiate::new);
        }
        if (object.has("joined")) {
            return joined(object(object, "joined"));
        }
        if (object.has("member")) {
            return person(object(object, "member"));
        }
        if (object.has("gone")) {
            return new Gone(RoomMessage.text(object, "gone", MAX_WORD));
        }
        if (object.has("seats")) {
            final List<String> sources = new ArrayList<>();
            for (final JsonElement seat : array(object, "seats")) {
                sources.add(word(seat, "a seat"));
            }
            return new Seats(List.copyOf(sources));
        }
        if (object.has("error")) {
            final JsonObject error = object(object, "error");
            return new Failure(
                    RoomMessage.text(error, "code", MAX_WORD),
                    RoomMessage.text(error, "message", RoomMessage.MAX_TEXT));
        }
        return new Other();
    }

    /**
     * Reads what came over the data channel.
     *
     * @param text JSON
     * @return the line
     * @throws RoomMessage.Malformed if it is none
     */
    static Line parseLine(String text) throws RoomMessage.Malformed {
        if (!(RoomMessage.read(text) instanceof JsonObject object)) {
            throw new RoomMessage.Malformed("malformed", "a line is a JSON object");
        }
        return new Line(
                RoomMessage.text(object, "name", MAX_WORD), RoomMessage.text(object, "text", RoomMessage.MAX_TEXT));
    }

    private static Offer offer(JsonObject json) throws RoomMessage.Malformed {
        if (!RoomMessage.text(json, "type", MAX_WORD).equals("offer")) {
            throw new RoomMessage.Malformed("unknown-message", "a room offers; it answers nothing");
        }
        final JsonObject send = object(json, "send");
        final List<Place> places = new ArrayList<>();
        for (final JsonElement one : array(json, "places")) {
            if (!(one instanceof JsonObject place)) {
                throw new RoomMessage.Malformed("malformed", "a place is an object");
            }
            places.add(new Place(mid(place, "audio"), mid(place, "video")));
        }
        return new Offer(
                RoomMessage.text(json, "sdp", RoomMessage.MAX_SDP),
                mid(send, "audio"),
                mid(send, "camera"),
                List.copyOf(places));
    }

    private static Joined joined(JsonObject json) throws RoomMessage.Malformed {
        final List<Person> people = new ArrayList<>();
        for (final JsonElement one : array(json, "members")) {
            if (!(one instanceof JsonObject person)) {
                throw new RoomMessage.Malformed("malformed", "a member is an object");
            }
            people.add(person(person));
        }
        return new Joined(
                RoomMessage.text(json, "id", MAX_WORD), RoomMessage.text(json, "token", MAX_WORD), List.copyOf(people));
    }

    private static Person person(JsonObject json) throws RoomMessage.Malformed {
        return new Person(RoomMessage.text(json, "id", MAX_WORD), RoomMessage.text(json, "name", MAX_WORD));
    }

    private static JsonObject object(JsonObject json, String name) throws RoomMessage.Malformed {
        if (json.get(name) instanceof JsonObject object) {
            return object;
        }
        throw new RoomMessage.Malformed("malformed", "\"" + name + "\" is an object");
    }

    private static JsonArray array(JsonObject json, String name) throws RoomMessage.Malformed {
        if (json.get(name) instanceof JsonArray array) {
            if (array.size() > MAX_LIST) {
                throw new RoomMessage.Malformed("too-large", "\"" + name + "\" has at most " + MAX_LIST + " entries");
            }
            return array;
        }
        throw new RoomMessage.Malformed("malformed", "\"" + name + "\" is a list");
    }

    private static @Nullable String mid(JsonObject json, String name) throws RoomMessage.Malformed {
        final JsonElement value = json.get(name);
        return value == null || value instanceof JsonNull ? null : RoomMessage.text(json, name, MAX_WORD);
    }

    private static String word(JsonElement value, String what) throws RoomMessage.Malformed {
        if (value.isJsonNull()) {
            return "";
        }
        if (value instanceof JsonPrimitive text
                && text.isString()
                && text.getAsString().length() <= MAX_WORD) {
            return text.getAsString();
        }
        throw new RoomMessage.Malformed("malformed", what + " is a short text or null");
    }
}

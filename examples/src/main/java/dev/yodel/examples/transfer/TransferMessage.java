package dev.yodel.examples.transfer;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import org.jspecify.annotations.Nullable;

/** What sender and receiver say to each other beside the bytes of files, each a text message of JSON. */
sealed interface TransferMessage {
    /** Sender: what is to come; the id stays the same when the same files are sent again under the same code. */
    record Hello(String id, int files, long bytes) implements TransferMessage {}

    /** Receiver: go on. */
    record Ready() implements TransferMessage {}

    /** Sender: the next file; a path that ends with a slash is an empty folder. */
    record FileStart(int index, String path, long size, long modifiedMillis) implements TransferMessage {}

    /** Receiver: so much of it is here already, or it is wholly stored. */
    record Have(int index, long bytes, boolean stored) implements TransferMessage {}

    /** Sender: all bytes were sent, and this is the hash of the whole file. */
    record FileEnd(int index, String sha256) implements TransferMessage {}

    /** Receiver: the hash agrees, the file is stored. */
    record Stored(int index) implements TransferMessage {}

    /** Either: this cannot be. A file that may be tried again has its index, anything else -1. */
    record Refused(int index, String reason) implements TransferMessage {}

    /** Both: all is done. */
    record Finished() implements TransferMessage {}

    /** Writes the message. */
    default String toJson() {
        final JsonObject json = new JsonObject();
        json.addProperty("is", getClass().getSimpleName());
        json.add("with", new Gson().toJsonTree(this));
        return json.toString();
    }

    /** Reads a message; null if it is none of ours. */
    static @Nullable TransferMessage parse(String text) {
        try {
            final JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            final Class<? extends TransferMessage> type =
                    switch (json.get("is").getAsString()) {
                        case "Hello" -> Hello.class;
                        case "Ready" -> Ready.class;
                        case "FileStart" -> FileStart.class;
                        case "Have" -> Have.class;
                        case "FileEnd" -> FileEnd.class;
                        case "Stored" -> Stored.class;
                        case "Refused" -> Refused.class;
                        case "Finished" -> Finished.class;
                        default -> null;
                    };
            return type == null ? null : new Gson().fromJson(json.get("with"), type);
        } catch (JsonParseException | IllegalStateException | NullPointerException | UnsupportedOperationException e) {
            return null;
        }
    }
}

package dev.yodel.examples.rooms;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.IceServer;

/** STUN and TURN servers in the shape of W3C's RTCIceServer. */
final class IceServersJson {
    private IceServersJson() {}

    static JsonArray of(Configuration configuration) {
        final JsonArray servers = new JsonArray();
        for (final IceServer server : configuration.iceServers()) {
            final JsonObject json = new JsonObject();
            json.add("urls", RoomMessage.array(server.urls()));
            if (server.username() != null) {
                json.addProperty("username", server.username());
                json.addProperty("credential", server.credential());
            }
            servers.add(json);
        }
        return servers;
    }
}

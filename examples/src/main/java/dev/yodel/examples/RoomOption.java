package dev.yodel.examples;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** The address of a room, as people type it. */
public final class RoomOption {
    private RoomOption() {}

    /**
     * Reads an address.
     *
     * @param text what was typed
     * @return {@code ws://host:port/room}, or null if it is none
     */
    public static @Nullable URI parse(String text) {
        final URI room = server(text);
        return room == null || room.getPath() == null || room.getPath().length() < 2 ? null : room;
    }

    /**
     * Reads the address of a server, with or without a room.
     *
     * @param text what was typed
     * @return {@code ws://host:port}, or null if it is none
     */
    public static @Nullable URI server(String text) {
        try {
            final URI uri = new URI(text);
            final boolean web = "ws".equals(uri.getScheme()) || "wss".equals(uri.getScheme());
            return web && uri.getHost() != null ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}

package dev.yodel.examples;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The address of a room, as people type it. */
public final class RoomOption implements ITypeConverter<URI> {
    /** What the address says when none was given; it is never reached. */
    public static final URI NONE = URI.create("ws://none.invalid/");

    /** Made by picocli. */
    RoomOption() {}

    @Override
    public URI convert(String text) {
        final URI room = server(text);
        if (room == null || room.getPath() == null || room.getPath().length() < 2) {
            throw new TypeConversionException("must look like ws://host:port/room, was " + text);
        }
        return room;
    }

    /** The address of a signaling server, with or without a room. */
    public static final class Server implements ITypeConverter<URI> {
        /** Made by picocli. */
        Server() {}

        @Override
        public URI convert(String text) {
            final URI server = server(text);
            if (server == null) {
                throw new TypeConversionException("must look like ws://host:port, was " + text);
            }
            return server;
        }
    }

    private static @Nullable URI server(String text) {
        try {
            final URI uri = new URI(text);
            final boolean web = "ws".equals(uri.getScheme()) || "wss".equals(uri.getScheme());
            return web && uri.getHost() != null ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}

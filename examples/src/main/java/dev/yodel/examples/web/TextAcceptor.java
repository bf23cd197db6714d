package dev.yodel.examples.web;

import org.jspecify.annotations.Nullable;

/** Decides what happens to a WebSocket that is being opened. */
@FunctionalInterface
public interface TextAcceptor {
    /**
     * Called for each upgrade whose origin is allowed.
     *
     * @param path the decoded path, beginning with a slash
     * @param query the raw query, or an empty string
     * @return who handles the WebSocket, or null to answer 404
     */
    @Nullable
    TextHandler accept(String path, String query);
}

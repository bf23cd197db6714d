package dev.yodel.examples.web;

import org.jspecify.annotations.Nullable;

/** Decides what happens to a WebSocket that is being opened. */
@FunctionalInterface
public interface TextAcceptor {
    /** The WebSocket is not opened, and the peer is told why. */
    final class Refused extends Exception {
        private static final long serialVersionUID = 1;
        private final int status;

        /**
         * A refusal.
         *
         * @param status of HTTP, 400 to 599
         * @param reason in words
         */
        public Refused(int status, String reason) {
            super(reason, null, false, false);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /**
     * Called for each upgrade whose origin is allowed.
     *
     * @param path the decoded path, beginning with a slash
     * @param query the raw query, or an empty string
     * @return who handles the WebSocket, or null to answer 404
     */
    @Nullable
    TextHandler accept(String path, String query);

    /**
     * The same, for who cares where the peer is.
     *
     * @param path the decoded path, beginning with a slash
     * @param query the raw query, or an empty string
     * @param from the peer's network address, in text, without the port
     * @return who handles the WebSocket, or null to answer 404
     * @throws Refused to answer otherwise
     */
    default @Nullable TextHandler accept(String path, String query, String from) throws Refused {
        return accept(path, query);
    }
}

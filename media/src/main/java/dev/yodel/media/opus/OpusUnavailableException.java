package dev.yodel.media.opus;

/** No libopus could be loaded. The message lists what was tried and what to install. */
public final class OpusUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OpusUnavailableException(String message) {
        super(message);
    }
}

package dev.yodel.media.opus;

/**
 * Whether this JVM can encode and decode Opus. Asking loads libopus; packets can be read by {@link OpusPacket} without.
 * Usable from any thread.
 */
public final class Opus {
    /**
     * The system property that leaves the system's libopus alone: with the value {@code bundled} only opus-java's natives
     * are looked for. Read once, when Opus is first asked for.
     */
    public static final String ONLY_PROPERTY = "yodel.opus";

    private Opus() {}

    /**
     * Whether {@link OpusEncoder} and {@link OpusDecoder} will work.
     *
     * @return true if a libopus was found
     */
    public static boolean isAvailable() {
        return OpusLibrary.isAvailable();
    }

    /**
     * Says in one line which libopus was found and where, or what was tried and what to install.
     *
     * @return text for people
     */
    public static String description() {
        return OpusLibrary.description();
    }
}

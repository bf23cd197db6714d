package dev.yodel.examples;

/** What the commands of {@code yodel} return to the shell. */
public final class ExitCode {
    /** Everything went as asked. */
    public static final int OK = 0;
    /** The command failed, or the verdict is bad. */
    public static final int FAILED = 1;
    /** The command line was wrong. */
    public static final int USAGE = 2;
    /** No path between the two peers was found. */
    public static final int ICE_FAILED = 3;
    /** A path was found, but not secured. */
    public static final int DTLS_FAILED = 4;

    private ExitCode() {}
}

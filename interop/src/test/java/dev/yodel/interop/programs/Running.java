package dev.yodel.interop.programs;

import java.util.List;

/** A command that was started. Closing ends it. */
interface Running extends AutoCloseable {
    /** What it printed so far; of commands in this JVM, what all of them printed. */
    List<String> lines();

    /** Whether it goes on. */
    boolean isAlive();

    /** How it ended, 0 for well. */
    int exitCode();

    @Override
    void close();
}

package dev.yodel.io;

/** A listener's place in a list; closing it removes the listener. Closing twice is harmless. */
@FunctionalInterface
public interface Registration extends AutoCloseable {
    @Override
    void close();
}

package dev.yodel.ice;

import java.net.InetSocketAddress;

/** What is known about one remote address as seen from one base: whether its data counts, and how much went by. */
final class Path {
    final Base base;
    final InetSocketAddress remote;
    /** How many pairs and early checks hold this path; it is forgotten with the last. */
    int users;

    /** What comes from there; the driver's object once it has given one. */
    DataSource source = new DataSource();

    long packetsSent;
    long bytesSent;
    long packetsDiscarded;
    long bytesDiscarded;
    long lastDataSentNanos;
    long lastCheckSentNanos;

    Path(Base base, InetSocketAddress remote) {
        this.base = base;
        this.remote = remote;
    }
}

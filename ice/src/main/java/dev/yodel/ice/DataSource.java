package dev.yodel.ice;

/**
 * Does data from one remote address at one socket count, and how much of it came? All that the agent knows of it stands in
 * this object, and a driver may put its own in its place ({@link IceDataPath#adopt}) with what it needs beside it: with a
 * thousand connections on a port each object more that a datagram touches is one more line of memory out of the cache. The
 * agent's thread only.
 */
public class DataSource {
    /** How many pairs and early checks have validated the address. Data is taken while it is above zero. */
    int validations;

    long packetsReceived;
    long bytesReceived;
    long lastDataReceivedNanos;

    /** A source that nothing counts of; {@link IceDataPath#adopt} makes it one that does. */
    protected DataSource() {}

    /**
     * Takes a datagram of data from this source. Counts it.
     *
     * @param length count of bytes
     * @param now time of arrival
     * @return false if nobody has proved to be the peer there, or it is known no longer: it is to be dropped
     */
    public final boolean takes(int length, long now) {
        if (validations == 0) {
            return false;
        }
        count(length, now);
        return true;
    }

    /**
     * Looks at what {@link #takes} will need, so that it is in the caches then.
     *
     * @return nothing that means anything
     */
    protected final int look() {
        return validations + (int) lastDataReceivedNanos;
    }

    final void count(int length, long now) {
        packetsReceived++;
        bytesReceived += length;
        lastDataReceivedNanos = now;
    }

    /** Goes on where another one is left. */
    final void follow(DataSource before) {
        validations = before.validations;
        packetsReceived = before.packetsReceived;
        bytesReceived = before.bytesReceived;
        lastDataReceivedNanos = before.lastDataReceivedNanos;
        before.validations = 0;
    }
}

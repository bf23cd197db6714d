package dev.yodel.ice;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Does data from one remote address at one socket count, and how much of it came? All that a datagram of a direct pair needs
 * to know stands in this one object, for with a thousand connections on a port each object more is one more line of memory
 * out of the cache. {@link IceDataPath#accepts} makes it known. The agent's thread only.
 */
public final class DataSource {
    /** How many pairs and early checks have validated the address. Data is taken while it is above zero. */
    int validations;

    long packetsReceived;
    long bytesReceived;
    long lastDataReceivedNanos;
    /** The very object that was last seen as the address. */
    @Nullable
    InetSocketAddress heardAs;

    DataSource() {}

    /**
     * Takes a datagram of data that comes from where the last one came from. Counts it.
     *
     * @param remote who sent it; only the very object that {@link IceDataPath#accepts} was given is known again
     * @param length count of bytes
     * @param now time of arrival
     * @return true if it counts; false if that is not known here
     */
    @SuppressWarnings("ReferenceEquality") // meant: to compare addresses is what this saves
    public boolean takes(InetSocketAddress remote, int length, long now) {
        if (remote != heardAs || validations == 0) {
            return false;
        }
        count(length, now);
        return true;
    }

    void count(int length, long now) {
        packetsReceived++;
        bytesReceived += length;
        lastDataReceivedNanos = now;
    }
}

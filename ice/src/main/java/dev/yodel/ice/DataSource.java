package dev.yodel.ice;

/**
 * Does data from one remote address at one socket count, and how much of it came? A driver that sorts datagrams by their
 * senders itself may put an object of its own in the place of the agent's ({@link IceDataPath#adopt}): it counts what
 * it does not ask about, and is told when nothing counts any more. The agent's thread only.
 */
public class DataSource {
    /** How many pairs and early checks have validated the address. Data is taken while it is above zero. */
    private int validations;

    private long packets;
    private long bytes;
    private long last;

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

    /** Data does not count from now on: nobody has proved to be the peer there, or it is known no longer. */
    protected void onInvalid() {}

    /**
     * Datagrams of data so far.
     *
     * @return a count
     */
    protected long packetsReceived() {
        return packets;
    }

    /**
     * Their bytes.
     *
     * @return a count
     */
    protected long bytesReceived() {
        return bytes;
    }

    /**
     * When the last of them came.
     *
     * @return {@link dev.yodel.io.Time}; 0 if there was none
     */
    protected long lastReceivedNanos() {
        return last;
    }

    final boolean isValid() {
        return validations > 0;
    }

    final void validate() {
        validations++;
    }

    final void invalidate() {
        validations--;
        if (validations == 0) {
            onInvalid();
        }
    }

    /** It is known no longer. */
    final void forget() {
        if (validations > 0) {
            validations = 0;
            onInvalid();
        }
    }

    final void count(int length, long now) {
        packets++;
        bytes += length;
        last = now;
    }

    /** Goes on where another one is left. */
    final void follow(DataSource before) {
        validations = before.validations;
        packets = before.packetsReceived();
        bytes = before.bytesReceived();
        last = before.lastReceivedNanos();
        before.forget();
    }
}

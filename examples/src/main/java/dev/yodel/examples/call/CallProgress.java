package dev.yodel.examples.call;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A call at one moment, as it is shown once a second.
 *
 * @param second since the call was begun
 * @param state the W3C connection state
 * @param local type of our candidate in use
 * @param remote type of the peer's candidate in use
 * @param rttMillis round trip by ICE's checks
 * @param upBps what was sent in the last second
 * @param downBps what was received in the last second
 * @param lost packets missed so far
 * @param jitterMillis of the packets' arrival (RFC 3550)
 */
public record CallProgress(
        int second,
        String state,
        @Nullable String local,
        @Nullable String remote,
        @Nullable Double rttMillis,
        long upBps,
        long downBps,
        long lost,
        @Nullable Double jitterMillis) {
    /**
     * One line for a person.
     *
     * @return without the second
     */
    public String line() {
        return String.format(
                Locale.ROOT,
                "%-12s %s/%s  rtt %s  up %3d down %3d kbit/s  lost %d  jitter %s",
                state,
                local == null ? "-" : local,
                remote == null ? "-" : remote,
                millis(rttMillis),
                upBps / 1_000,
                downBps / 1_000,
                lost,
                millis(jitterMillis));
    }

    /**
     * One line for a person who watches both ends.
     *
     * @param a one end
     * @param b the other
     * @return without the second
     */
    public static String line(CallProgress a, CallProgress b) {
        return String.format(
                Locale.ROOT,
                "%-12s %s/%s  rtt %s  A to B %3d kbit/s, lost %d, jitter %s  B to A %3d kbit/s, lost %d, jitter %s",
                a.state().equals(b.state()) ? a.state() : a.state() + "/" + b.state(),
                a.local() == null ? "-" : a.local(),
                a.remote() == null ? "-" : a.remote(),
                millis(a.rttMillis()),
                a.upBps() / 1_000,
                b.lost(),
                millis(b.jitterMillis()),
                b.upBps() / 1_000,
                a.lost(),
                millis(a.jitterMillis()));
    }

    private static String millis(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.1f ms", value);
    }
}

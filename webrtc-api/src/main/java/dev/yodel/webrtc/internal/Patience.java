package dev.yodel.webrtc.internal;

import dev.yodel.io.Registration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a connection's channels have put off until later: it is called off when the connection is closed, which leaves
 * no timer behind. Any thread.
 */
final class Patience {
    private final Set<Registration> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean over;

    /** Runs something on a lane some time later, unless the connection is closed before. */
    void later(LaneQueue lane, long delayNanos, Runnable task) {
        if (over) {
            return;
        }
        Registration[] self = new Registration[1];
        Registration timer = lane.later(delayNanos, () -> {
            // On the lane, as what put it off.
            waiting.remove(self[0]);
            task.run();
        });
        self[0] = timer;
        waiting.add(timer);
        if (over) {
            end();
        }
    }

    /** The connection is closed. */
    void end() {
        over = true;
        for (Registration timer : waiting) {
            timer.close();
        }
        waiting.clear();
    }
}

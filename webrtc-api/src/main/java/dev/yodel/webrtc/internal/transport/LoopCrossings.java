package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Loop;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The ways between loops: one for each pair that packets go between, since one thread writes there and one reads.
 * Made when they are needed; that of a loop of another factory goes with it. Any thread.
 */
public final class LoopCrossings {
    private final Map<Loop, Map<Loop, LoopCrossing>> ways = new WeakHashMap<>();

    /** None yet. */
    public LoopCrossings() {}

    /** The way from one loop to another. */
    synchronized LoopCrossing between(Loop from, Loop to) {
        return ways.computeIfAbsent(from, any -> new HashMap<>()).computeIfAbsent(to, LoopCrossing::new);
    }
}

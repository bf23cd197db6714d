package dev.yodel.webrtc.internal;

import dev.yodel.io.Lane;
import dev.yodel.io.Loop;

/**
 * A connection's loop as its lane, for relays.
 *
 * @param loop the loop
 */
record LoopLane(Loop loop) implements Lane {
    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public boolean inLane() {
        return loop.inLoop();
    }
}

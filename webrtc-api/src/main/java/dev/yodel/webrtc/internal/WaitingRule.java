package dev.yodel.webrtc.internal;

import dev.yodel.io.Loop;

/**
 * May the calling thread wait for what a channel's lane delivers? Not on that lane, on the connection's, which announces
 * channels, or on the loop. Any thread.
 */
record WaitingRule(LaneQueue channelLane, LaneQueue connectionLane, Loop loop) {
    /** Throws if the caller would wait for itself. */
    void check(String operation) {
        if (channelLane.inLane() || connectionLane.inLane() || loop.inLoop()) {
            throw new IllegalStateException(
                    operation + " would wait for itself here; call it from a thread of your own, or use listeners");
        }
    }
}

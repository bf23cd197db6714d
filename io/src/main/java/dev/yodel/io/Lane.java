package dev.yodel.io;

import java.util.concurrent.Executor;

/**
 * A serial executor for user code: tasks run one at a time, in the order given, never on a loop. A task that blocks
 * harms only its lane. It holds no thread while idle. {@link #execute} may be called from any thread.
 */
public interface Lane extends Executor {
    /**
     * Whether the caller is a task of this lane.
     *
     * @return true on the lane
     */
    boolean inLane();
}

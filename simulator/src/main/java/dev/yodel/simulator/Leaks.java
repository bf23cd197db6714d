package dev.yodel.simulator;

import java.util.List;

/**
 * What a simulated host still holds. After everything was closed and the simulation ran on for a moment, it should hold
 * nothing.
 *
 * @param sockets UDP ports, streams and listeners that are open, as text
 * @param openTimers timers that were made and not closed
 * @param armedTimers timers with a deadline
 * @param waitingCommands commands that loops have not run
 * @param waitingTasks tasks that lanes, workers and media workers have not run
 * @param watches watchers of network changes
 */
public record Leaks(
        List<String> sockets, int openTimers, int armedTimers, int waitingCommands, int waitingTasks, int watches) {
    /**
     * Whether nothing is held.
     *
     * @return true if all is closed and run
     */
    public boolean isEmpty() {
        return sockets.isEmpty()
                && openTimers == 0
                && armedTimers == 0
                && waitingCommands == 0
                && waitingTasks == 0
                && watches == 0;
    }
}

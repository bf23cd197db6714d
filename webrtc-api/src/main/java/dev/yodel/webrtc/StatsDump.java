package dev.yodel.webrtc;

import dev.yodel.webrtc.internal.DumpRecorder;

/**
 * A dump of a connection as {@code chrome://webrtc-internals} makes it, for the tools that open those: what happened,
 * and the statistics as they changed. It asks for no statistics by itself: give it a report each second, as the
 * browser does. It keeps the last 1,000 values of each member and the last 10,000 events.
 *
 * <p>Descriptions, addresses and candidates are in it; ICE passwords and the credentials of TURN servers are not. Any
 * thread.
 */
public final class StatsDump implements AutoCloseable {
    private final DumpRecorder recorder;

    private StatsDump(DumpRecorder recorder) {
        this.recorder = recorder;
    }

    /**
     * Begins to record what happens to a connection.
     *
     * @param connection a connection of this library, best before anything is done with it
     * @param name what the dump says where a browser's says the address of the page
     * @return to be closed when enough was recorded
     * @throws IllegalArgumentException if the connection is not one of this library
     */
    public static StatsDump of(PeerConnection connection, String name) {
        return new StatsDump(new DumpRecorder(connection, name));
    }

    /**
     * Adds what {@link PeerConnection#getStats()} has given.
     *
     * @param report of this connection
     */
    public void add(StatsReport report) {
        recorder.add(report);
    }

    /**
     * Everything recorded so far.
     *
     * @return JSON, to be written to a file in UTF-8
     */
    public String toJson() {
        return recorder.toJson();
    }

    /** Records nothing more. {@link #toJson()} goes on working. */
    @Override
    public void close() {
        recorder.close();
    }
}

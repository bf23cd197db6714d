package dev.yodel.webrtc.internal.transport;

import dev.yodel.media.audio.PcmFrame;

/** How loud is what an application sends? The sums of webrtc-stats 8.5. Any thread. */
public final class SourceLevel {
    /**
     * The sums of one moment.
     *
     * @param level 0 to 1, of the last piece
     * @param energy the square of the level times seconds, summed up
     * @param seconds the duration of all pieces
     */
    public record Snapshot(double level, double energy, double seconds) {}

    private double level;
    private double energy;
    private double seconds;

    synchronized void handleFrame(PcmFrame frame) {
        short[] samples = frame.samples();
        double squares = 0;
        for (short sample : samples) {
            squares += (double) sample * sample;
        }
        double square = samples.length == 0 ? 0 : squares / samples.length / (32_768.0 * 32_768.0);
        double duration = frame.durationNanos() / 1e9;
        level = Math.sqrt(square);
        energy += square * duration;
        seconds += duration;
    }

    /**
     * The sums.
     *
     * @return those of now
     */
    public synchronized Snapshot snapshot() {
        return new Snapshot(level, energy, seconds);
    }
}

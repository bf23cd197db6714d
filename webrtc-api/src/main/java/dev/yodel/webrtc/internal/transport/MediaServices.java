package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Environment;
import dev.yodel.media.loop.MediaClock;

/**
 * What media needs beside its connection's loop; one per factory.
 *
 * @param environment media threads and workers
 * @param clock the one beat of raw audio
 * @param suppressSilence whether nothing is sent of raw audio that is silent but how it sounds
 * @param crossings the ways of relayed packets between loops
 */
public record MediaServices(
        Environment environment, MediaClock clock, boolean suppressSilence, LoopCrossings crossings) {
    /**
     * What sends all audio.
     *
     * @param environment media threads and workers
     * @param clock the one beat of raw audio
     */
    public MediaServices(Environment environment, MediaClock clock) {
        this(environment, clock, false, new LoopCrossings());
    }
}

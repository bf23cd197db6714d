package dev.yodel.webrtc.internal.transport;

import dev.yodel.rtp.TransmitBuffers;
import dev.yodel.srtp.SrtpScratch;

/**
 * What the media of all transports of one loop share: arrays that packets pass through.
 *
 * @param buffers of packets that leave
 * @param srtp of what is protected and opened
 */
public record LoopScratch(TransmitBuffers buffers, SrtpScratch srtp) {
    /** That of a loop. */
    public LoopScratch() {
        this(new TransmitBuffers(), new SrtpScratch());
    }
}

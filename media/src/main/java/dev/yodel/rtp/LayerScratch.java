package dev.yodel.rtp;

/**
 * What a {@link LayerSwitch} needs only while it looks at a packet: what the packet says, and the packet as it goes on. The
 * switches of all receivers of one stream may share one, so that it stays in the processor's cache from receiver to
 * receiver. It remembers nothing of a receiver. For one thread, that of its switches.
 */
public final class LayerScratch {
    final LayerReader said = new LayerReader();
    final ReceivedPacket out = new ReceivedPacket();

    /** Empty until it is used. */
    public LayerScratch() {}
}

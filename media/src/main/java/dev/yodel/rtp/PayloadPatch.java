package dev.yodel.rtp;

/** Changes an outgoing payload in place, for relays that rewrite what codecs number by themselves. */
@FunctionalInterface
public interface PayloadPatch {
    /**
     * Changes bytes of the payload, none of its length.
     *
     * @param data the outgoing packet
     * @param payloadOffset where its payload begins
     */
    void apply(byte[] data, int payloadOffset);
}

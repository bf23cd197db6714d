package dev.yodel.benchmarks;

/** A sender and a receiver that share a link with others. */
interface ModelFlow {
    /** A packet arrived at the receiver. */
    void arrivedForth(ModelLink.Packet packet, long now);

    /** A packet arrived at the sender. */
    void arrivedBack(ModelLink.Packet packet, long now);

    /** When {@link #handleTimeout} is due. */
    long nextTimeout();

    /** Does what is due and sends what may be sent. */
    void handleTimeout(long now);

    /** User bytes that the receiver's application has got in order. */
    long deliveredBytes();
}

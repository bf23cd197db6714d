package dev.yodel.simulator;

/** Into which pieces a simulated stream cuts what is written. TCP promises nothing about it. */
public enum StreamSegmentation {
    /** Pieces of up to 1460 bytes, as on an Ethernet. */
    SEGMENTS,
    /** Every write arrives in one piece. */
    WHOLE_WRITES,
    /** Pieces of any length from 1 byte on, drawn from the seed. */
    RANDOM,
    /** One byte at a time. */
    SINGLE_BYTES
}

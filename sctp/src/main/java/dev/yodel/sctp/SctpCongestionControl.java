package dev.yodel.sctp;

/** How an association shares its path with others. */
public enum SctpCongestionControl {
    /** Fills long paths, as most TCPs do: CUBIC, RFC 9438. */
    CUBIC,
    /** As SCTP lays down, slow on long paths: RFC 9260 7.2. */
    RFC_9260
}

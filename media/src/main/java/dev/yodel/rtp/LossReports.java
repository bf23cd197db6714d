package dev.yodel.rtp;

/**
 * What feedback by source and number (RFC 8888) has said about one stream.
 *
 * @param lost packets that were reported as not received
 * @param recovered those of them that a later report had as received
 */
public record LossReports(long lost, long recovered) {
    /** Nothing was reported. */
    public static final LossReports NONE = new LossReports(0, 0);
}

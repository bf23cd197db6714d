package dev.yodel.rtp;

import java.nio.charset.StandardCharsets;

/**
 * What an {@link RtpSession} needs to know for life. RTCP is always multiplexed with RTP (RFC 5761). Immutable.
 *
 * @param mtu largest RTP or RTCP packet this session makes by itself, in bytes before SRTP; 500 to 1400
 * @param cname canonical name of RFC 7022 in every SDES, 1 to 255 bytes
 * @param reducedSize whether feedback may go without a report in front of it (RFC 5506)
 * @param receiverRtt whether to ask for and answer round-trip times of receivers (RFC 3611 4.4, 4.5)
 * @param rtcpIntervalNanos minimum of the deterministic report interval (RFC 3550 6.3.1), 100 ms to 60 s
 * @param rtcpBytesPerSecond share of the bandwidth for RTCP, at least 100
 */
public record RtpSessionOptions(
        int mtu,
        String cname,
        boolean reducedSize,
        boolean receiverRtt,
        long rtcpIntervalNanos,
        int rtcpBytesPerSecond) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public RtpSessionOptions {
        if (mtu < 500 || mtu > 1400) {
            throw new IllegalArgumentException("mtu is 500 to 1400, was " + mtu);
        }
        int cnameBytes = cname.getBytes(StandardCharsets.UTF_8).length;
        if (cnameBytes < 1 || cnameBytes > 255) {
            throw new IllegalArgumentException("a CNAME has 1 to 255 bytes, was " + cnameBytes);
        }
        if (rtcpIntervalNanos < 100_000_000L || rtcpIntervalNanos > 60_000_000_000L) {
            throw new IllegalArgumentException("rtcpIntervalNanos is 100 ms to 60 s, was " + rtcpIntervalNanos);
        }
        if (rtcpBytesPerSecond < 100) {
            throw new IllegalArgumentException("rtcpBytesPerSecond is at least 100, was " + rtcpBytesPerSecond);
        }
    }

    /**
     * Defaults: 1200 bytes, reduced size allowed, round trips of receivers measured, reports about once a second.
     *
     * @param cname canonical name, fresh and random per connection
     * @return the options
     */
    public static RtpSessionOptions of(String cname) {
        return new RtpSessionOptions(1200, cname, true, true, 1_000_000_000L, 6_250);
    }

    /**
     * The same with another permission for reduced-size RTCP.
     *
     * @param allowed whether {@code rtcp-rsize} was negotiated
     * @return a changed copy
     */
    public RtpSessionOptions withReducedSize(boolean allowed) {
        return new RtpSessionOptions(mtu, cname, allowed, receiverRtt, rtcpIntervalNanos, rtcpBytesPerSecond);
    }

    /**
     * The same with another packet size.
     *
     * @param bytes largest packet before SRTP
     * @return a changed copy
     */
    public RtpSessionOptions withMtu(int bytes) {
        return new RtpSessionOptions(bytes, cname, reducedSize, receiverRtt, rtcpIntervalNanos, rtcpBytesPerSecond);
    }

    /**
     * The same with or without receivers' round-trip times.
     *
     * @param on whether to ask; RFC 3611 5 lets that go without negotiation
     * @return a changed copy
     */
    public RtpSessionOptions withReceiverRtt(boolean on) {
        return new RtpSessionOptions(mtu, cname, reducedSize, on, rtcpIntervalNanos, rtcpBytesPerSecond);
    }
}

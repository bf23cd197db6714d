/**
 * RTP and RTCP of one transport as a core: {@link dev.yodel.rtp.RtpSession} routes, counts, reports and numbers. It knows
 * nothing of SRTP, sockets or codecs.
 */
@NullMarked
package dev.yodel.rtp;

import org.jspecify.annotations.NullMarked;

/**
 * How much may be sent: from the arrival times that the peer reports (draft-ietf-rmcat-gcc-02) to a target bitrate, probes
 * and a pace. Cores without clock or socket, used by the session only.
 */
@NullMarked
package dev.yodel.rtp.congestion;

import org.jspecify.annotations.NullMarked;

/** RTCP packets: one immutable class per type, each with a bounded parse and a write. */
@NullMarked
package dev.yodel.rtp.rtcp;

import org.jspecify.annotations.NullMarked;

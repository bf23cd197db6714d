/** Payload formats: what stands between an encoded frame and RTP payloads, one class per format, without codecs. */
@NullMarked
package dev.yodel.rtp.payload;

import org.jspecify.annotations.NullMarked;

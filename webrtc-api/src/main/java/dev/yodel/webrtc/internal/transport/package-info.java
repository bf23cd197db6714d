/** The transport side of a connection: ICE, DTLS, SRTP and RTP of one transport, on its loop, without locks. */
@NullMarked
package dev.yodel.webrtc.internal.transport;

import org.jspecify.annotations.NullMarked;

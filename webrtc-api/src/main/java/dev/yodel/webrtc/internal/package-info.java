/** What stands behind the public API: the signaling side of a connection, its lane, futures and transports. */
@NullMarked
package dev.yodel.webrtc.internal;

import org.jspecify.annotations.NullMarked;

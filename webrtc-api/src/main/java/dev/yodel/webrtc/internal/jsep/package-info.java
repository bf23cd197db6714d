/**
 * JSEP (RFC 9429) as a pure function: an immutable {@link dev.yodel.webrtc.internal.jsep.JsepState} and an input give a
 * new state, the events of W3C's algorithms in their order, and what the transports have to do. No clock, thread, lock
 * or socket; randomness is an argument.
 */
@NullMarked
package dev.yodel.webrtc.internal.jsep;

import org.jspecify.annotations.NullMarked;

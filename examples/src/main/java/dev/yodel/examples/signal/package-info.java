/** A signaling server with rooms of two, and the client that calls use. */
@NullMarked
package dev.yodel.examples.signal;

import org.jspecify.annotations.NullMarked;

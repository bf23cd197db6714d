/** The SCTP association of data channels as a protocol core (RFC 9260 as RFC 8831 uses it). */
@NullMarked
package dev.yodel.sctp;

import org.jspecify.annotations.NullMarked;

/** TURN as a protocol core (RFC 8656). */
@NullMarked
package dev.yodel.ice.turn;

import org.jspecify.annotations.NullMarked;

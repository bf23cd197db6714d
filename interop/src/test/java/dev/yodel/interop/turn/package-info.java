/** TURN and STUN servers that are not ours. */
@NullMarked
package dev.yodel.interop.turn;

import org.jspecify.annotations.NullMarked;

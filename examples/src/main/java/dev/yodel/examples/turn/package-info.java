/** {@code yodel turn}. */
@NullMarked
package dev.yodel.examples.turn;

import org.jspecify.annotations.NullMarked;

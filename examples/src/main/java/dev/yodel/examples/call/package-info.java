/** One call from a terminal. */
@NullMarked
package dev.yodel.examples.call;

import org.jspecify.annotations.NullMarked;

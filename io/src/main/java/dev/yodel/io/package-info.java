/** The contract between protocol cores and the outside: time, bytes, randomness and {@link dev.yodel.io.Environment}. */
@NullMarked
package dev.yodel.io;

import org.jspecify.annotations.NullMarked;

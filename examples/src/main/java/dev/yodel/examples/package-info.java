/** The command line {@code yodel}: what the library looks like in use. */
@NullMarked
package dev.yodel.examples;

import org.jspecify.annotations.NullMarked;

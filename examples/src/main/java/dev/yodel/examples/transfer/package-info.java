/** Files from one machine to another, directly, by a short code. */
@NullMarked
package dev.yodel.examples.transfer;

import org.jspecify.annotations.NullMarked;

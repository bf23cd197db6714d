/** A page whose visitors talk to an echo bot in this JVM. */
@NullMarked
package dev.yodel.examples.serve;

import org.jspecify.annotations.NullMarked;

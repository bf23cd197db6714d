/** Drivers: the ICE agent with sockets of an {@link dev.yodel.io.Environment}. */
@NullMarked
package dev.yodel.ice.loop;

import org.jspecify.annotations.NullMarked;

/** The environment over java.nio: event loops, sockets, timers, names, interfaces and threads. */
@NullMarked
package dev.yodel.io.loop;

import org.jspecify.annotations.NullMarked;

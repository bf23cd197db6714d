/** A conference server: rooms of many, forwarded without decoding (an SFU), and a client for programs that join one. */
@NullMarked
package dev.yodel.examples.rooms;

import org.jspecify.annotations.NullMarked;

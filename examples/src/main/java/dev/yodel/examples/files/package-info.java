/** Media files into a room of the signaling server, and out of it. */
@NullMarked
package dev.yodel.examples.files;

import org.jspecify.annotations.NullMarked;

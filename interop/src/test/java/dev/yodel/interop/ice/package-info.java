/** ICE with other people's stacks: restarts, one port for all, lite, TCP. */
@NullMarked
package dev.yodel.interop.ice;

import org.jspecify.annotations.NullMarked;

/** System calls of Linux that {@code java.nio} does not make, by JNA: optional, never needed, not exported. */
@org.jspecify.annotations.NullMarked
package dev.yodel.io.loop.linux;

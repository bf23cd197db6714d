/** The rules of the house, kept by the build: what may depend on what, and what a protocol core must not do. */
@NullMarked
package dev.yodel.architecture;

import org.jspecify.annotations.NullMarked;

/**
 * The programs below {@code examples}, each with its README: compiled, run, and their commands executed as they stand
 * there.
 */
@NullMarked
package dev.yodel.interop.programs;

import org.jspecify.annotations.NullMarked;

/** Measurements, side by side with others in one run. */
@NullMarked
package dev.yodel.benchmarks;

import org.jspecify.annotations.NullMarked;

/** Data channels side by side with other people's stacks, two peers in one process each. */
@NullMarked
package dev.yodel.benchmarks.data;

import org.jspecify.annotations.NullMarked;

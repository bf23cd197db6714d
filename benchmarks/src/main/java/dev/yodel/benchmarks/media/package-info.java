/** Sound over networks that lose and delay, beside other stacks. */
@org.jspecify.annotations.NullMarked
package dev.yodel.benchmarks.media;

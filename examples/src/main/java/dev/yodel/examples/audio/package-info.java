/** PCM on the side of the applications: clips, recordings, devices, and the measurements that compare two recordings. */
@NullMarked
package dev.yodel.examples.audio;

import org.jspecify.annotations.NullMarked;

/** Raw audio: PCM frames, G.711, resampling. */
@NullMarked
package dev.yodel.media.audio;

import org.jspecify.annotations.NullMarked;

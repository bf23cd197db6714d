/** The drivers of media: the clock, and what runs on it between packets and raw audio. */
@NullMarked
package dev.yodel.media.loop;

import org.jspecify.annotations.NullMarked;

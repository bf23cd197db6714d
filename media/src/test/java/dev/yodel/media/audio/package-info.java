@NullMarked
package dev.yodel.media.audio;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.yodel.media.opus;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.yodel.media.loop;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.yodel.media;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.yodel.media.file;

import org.jspecify.annotations.NullMarked;

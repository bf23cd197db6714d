/** Media files: WAV, and Opus in Ogg. Readers trust nothing in the file. */
@NullMarked
package dev.yodel.media.file;

import org.jspecify.annotations.NullMarked;

/**
 * Opus (RFC 6716) by libopus through JNA. Everything native is loaded on first use; what only reads packets needs no
 * native code.
 */
@NullMarked
package dev.yodel.media.opus;

import org.jspecify.annotations.NullMarked;

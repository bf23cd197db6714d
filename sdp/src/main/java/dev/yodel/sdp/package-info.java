/**
 * A typed, lossless model of session descriptions (RFC 8866 with the extensions of RFC 9429); candidate lines stay
 * text.
 */
@NullMarked
package dev.yodel.sdp;

import org.jspecify.annotations.NullMarked;

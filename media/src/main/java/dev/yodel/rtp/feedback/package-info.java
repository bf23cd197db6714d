/** Repair on request: what was sent lately, and what is missing (RFC 4585 6.2.1, RFC 4588). Used by the session only. */
@NullMarked
package dev.yodel.rtp.feedback;

import org.jspecify.annotations.NullMarked;

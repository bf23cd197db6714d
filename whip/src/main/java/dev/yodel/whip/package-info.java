/** WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep), both ends, on classes of the JDK only. */
@NullMarked
package dev.yodel.whip;

import org.jspecify.annotations.NullMarked;

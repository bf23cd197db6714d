/** Calls between our peers and real ones. */
@NullMarked
package dev.yodel.interop.call;

import org.jspecify.annotations.NullMarked;

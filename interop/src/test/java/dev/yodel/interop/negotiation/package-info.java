/** Perfect negotiation with real browsers. */
@NullMarked
package dev.yodel.interop.negotiation;

import org.jspecify.annotations.NullMarked;

/** WHIP and WHEP with pages of browsers and with GStreamer. */
@NullMarked
package dev.yodel.interop.whip;

import org.jspecify.annotations.NullMarked;

/** The W3C's own tests (web-platform-tests), run by a JavaScript engine against the public API. */
@NullMarked
package dev.yodel.interop.wpt;

import org.jspecify.annotations.NullMarked;

/** Video with browsers and other stacks. */
@NullMarked
package dev.yodel.interop.video;

import org.jspecify.annotations.NullMarked;

/** Pictures for calls: where they come from, how they are encoded and shown. Encoding is libvpx's, if there is one. */
@NullMarked
package dev.yodel.examples.video;

import org.jspecify.annotations.NullMarked;

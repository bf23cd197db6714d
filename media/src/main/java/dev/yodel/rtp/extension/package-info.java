/** RTP header extensions by their meaning: what frames say about themselves beside their bytes. */
@NullMarked
package dev.yodel.rtp.extension;

import org.jspecify.annotations.NullMarked;

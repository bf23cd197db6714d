@NullMarked
package dev.yodel.rtp.extension;

import org.jspecify.annotations.NullMarked;

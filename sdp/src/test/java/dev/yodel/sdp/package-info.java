@NullMarked
package dev.yodel.sdp;

import org.jspecify.annotations.NullMarked;

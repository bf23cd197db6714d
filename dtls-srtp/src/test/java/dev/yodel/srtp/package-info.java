@NullMarked
package dev.yodel.srtp;

import org.jspecify.annotations.NullMarked;

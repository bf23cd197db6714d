@NullMarked
package dev.yodel.whip;

import org.jspecify.annotations.NullMarked;

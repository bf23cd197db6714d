@NullMarked
package dev.yodel.examples.whip;

import org.jspecify.annotations.NullMarked;

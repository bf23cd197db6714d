@NullMarked
package dev.yodel.sctp;

import org.jspecify.annotations.NullMarked;

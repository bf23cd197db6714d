@NullMarked
package dev.yodel.sctp.tx;

import org.jspecify.annotations.NullMarked;

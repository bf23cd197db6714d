@NullMarked
package dev.yodel.sctp.rx;

import org.jspecify.annotations.NullMarked;

/** The sending half of an association. */
@NullMarked
package dev.yodel.sctp.tx;

import org.jspecify.annotations.NullMarked;

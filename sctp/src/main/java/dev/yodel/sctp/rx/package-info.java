/** The receiving half of an association. */
@NullMarked
package dev.yodel.sctp.rx;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.yodel.sctp.dcep;

import org.jspecify.annotations.NullMarked;

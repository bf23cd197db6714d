/** Data channels over an SCTP association as a protocol core: RFC 8831 and the establishment protocol of RFC 8832. */
@NullMarked
package dev.yodel.sctp.dcep;

import org.jspecify.annotations.NullMarked;

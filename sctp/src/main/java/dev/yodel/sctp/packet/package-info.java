/** SCTP packets and chunks: bounded parsers and writers (RFC 9260, 3758, 6525). */
@NullMarked
package dev.yodel.sctp.packet;

import org.jspecify.annotations.NullMarked;

/** SRTP and SRTCP (RFC 3711, RFC 7714) keyed by DTLS (RFC 5764): packets protected and unprotected in place. */
@NullMarked
package dev.yodel.srtp;

import org.jspecify.annotations.NullMarked;

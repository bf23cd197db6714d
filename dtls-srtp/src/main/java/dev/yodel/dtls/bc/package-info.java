/** The DTLS handshake by Bouncy Castle; the only package that knows that library. */
@NullMarked
package dev.yodel.dtls.bc;

import org.jspecify.annotations.NullMarked;

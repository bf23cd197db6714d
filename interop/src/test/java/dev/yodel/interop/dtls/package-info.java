/** DTLS over ICE with browsers, below the PeerConnection. */
@NullMarked
package dev.yodel.interop.dtls;

import org.jspecify.annotations.NullMarked;

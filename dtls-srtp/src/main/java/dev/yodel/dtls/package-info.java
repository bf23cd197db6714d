/**
 * DTLS 1.2 for WebRTC (RFC 6347, RFC 5764, RFC 8827) as an object without sockets, clock or threads of its own. The
 * handshake's cryptography comes from a factory: {@code dev.yodel.dtls.bc.BouncyCastleDtls}, or {@code
 * dev.yodel.dtls.SimulatedDtls} in virtual time.
 */
@NullMarked
package dev.yodel.dtls;

import org.jspecify.annotations.NullMarked;

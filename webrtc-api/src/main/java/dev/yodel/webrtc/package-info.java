/**
 * The public API: WebRTC 1.0 of the W3C without the {@code RTC} prefix. A W3C attribute {@code x} is read by
 * {@code x()}, an event {@code foo} is {@code onFoo(listener)}, a promise is a
 * {@link java.util.concurrent.CompletableFuture} whose reactions run on the connection's lane. Start at
 * {@code PeerConnectionFactory}.
 */
@NullMarked
package dev.yodel.webrtc;

import org.jspecify.annotations.NullMarked;

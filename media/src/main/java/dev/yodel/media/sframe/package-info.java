/** Encryption of frames from end to end (RFC 9605). */
@org.jspecify.annotations.NullMarked
package dev.yodel.media.sframe;

/** STUN messages: parse, write, integrity and fingerprint (RFC 8489). */
@NullMarked
package dev.yodel.ice.stun;

import org.jspecify.annotations.NullMarked;

/** The ICE agent as a protocol core: candidates, checks, nomination and consent (RFC 8445, 8838, 7675). */
@NullMarked
package dev.yodel.ice;

import org.jspecify.annotations.NullMarked;

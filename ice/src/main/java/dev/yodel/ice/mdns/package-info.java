/** The part of multicast DNS that ICE needs, as protocol cores (RFC 6762, draft-ietf-mmusic-mdns-ice-candidates). */
@NullMarked
package dev.yodel.ice.mdns;

import org.jspecify.annotations.NullMarked;

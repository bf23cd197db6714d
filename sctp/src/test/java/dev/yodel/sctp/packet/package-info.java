@NullMarked
package dev.yodel.sctp.packet;

import org.jspecify.annotations.NullMarked;

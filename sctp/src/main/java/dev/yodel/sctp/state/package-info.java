/** What an association keeps besides data: cookies, timers, stream resets. */
@NullMarked
package dev.yodel.sctp.state;

import org.jspecify.annotations.NullMarked;

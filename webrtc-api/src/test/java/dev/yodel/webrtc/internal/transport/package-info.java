@NullMarked
package dev.yodel.webrtc.internal.transport;

import org.jspecify.annotations.NullMarked;

/**
 * The machinery of an association that is common to all handshake engines: records, reassembly, flights, timers. Not
 * exported. A core: no clock, thread, lock or socket.
 */
@NullMarked
package dev.yodel.dtls.engine;

import org.jspecify.annotations.NullMarked;

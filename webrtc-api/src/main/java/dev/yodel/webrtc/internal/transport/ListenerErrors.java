package dev.yodel.webrtc.internal.transport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a throwing listener ends: in the log, with its name. The connection goes on. */
final class ListenerErrors {
    private static final Logger LOG = LoggerFactory.getLogger("dev.yodel.webrtc");

    private ListenerErrors() {}

    static void report(Throwable thrown, Object listener) {
        LOG.error(
                "a listener threw ({}); the connection goes on",
                listener.getClass().getName(),
                thrown);
    }
}

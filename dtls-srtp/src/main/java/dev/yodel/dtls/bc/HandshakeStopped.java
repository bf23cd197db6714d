package dev.yodel.dtls.bc;

import java.io.IOException;

/** Unwinds a handshake's thread that was told to stop. It has no stack trace: a peer can cause it as often as it likes. */
final class HandshakeStopped extends IOException {
    private static final long serialVersionUID = 1;

    HandshakeStopped() {
        super("the handshake was stopped");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}

package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Time;

/**
 * When is it to be looked whether a client shakes hands with a transport that the peer has given up? Nobody there
 * knows of the handshake then, and the peer is silent from when its packets take another way. Loop thread only.
 */
final class SilenceWatch {
    /** How long a client's handshake may be silent after packets have taken another way. */
    private static final long SILENT_NANOS = 2 * Time.SECOND;

    /** Whether a word of the peer's handshake has come, and whether packets take another way since. */
    private boolean heard;

    private boolean moved;
    private long lookAt = Time.NEVER;

    /** A word of the peer's handshake has come. */
    void heard(long now) {
        heard = true;
        if (moved) {
            lookAt = Time.after(now, SILENT_NANOS);
        }
    }

    /** Packets take another way from now on, while a handshake is under way. */
    void pathChanged(long now) {
        if (heard) {
            moved = true;
            lookAt = Time.after(now, SILENT_NANOS);
        }
    }

    void lookAt(long time) {
        lookAt = time;
    }

    /** Whether it is time to look; true once. */
    boolean isDue(long now) {
        if (now < lookAt) {
            return false;
        }
        lookAt = Time.NEVER;
        moved = false;
        return true;
    }

    /** The handshake begins anew. */
    void begin() {
        heard = false;
    }

    /** There is no doubt any more. */
    void stop() {
        lookAt = Time.NEVER;
    }

    /** A description tells of another handshake. */
    void reset() {
        stop();
        heard = false;
        moved = false;
    }

    long nextTimeout() {
        return lookAt;
    }
}

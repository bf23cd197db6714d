package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When is a recording over, and who has to be told? It is when it was closed or could not be written; then its tracks
 * are let go, whatever becomes of the file, and whoever closes it learns why. It writes nothing. Guarded by itself:
 * what a recorder keeps is guarded by it too.
 */
final class Recording {
    private final List<Registration> tracks = new ArrayList<>();
    private @Nullable Closeable file;
    private @Nullable IOException failure;
    private boolean closed;

    /** A track is listened to; at once no more if the recording was closed meanwhile. */
    void listens(Registration track) {
        synchronized (this) {
            if (!closed) {
                tracks.add(track);
                return;
            }
        }
        track.close();
    }

    /** The file is open. */
    synchronized void opened(Closeable writer) {
        file = writer;
    }

    /** The file cannot be written any more; the first reason counts. */
    synchronized void failed(IOException reason) {
        failure = failure == null ? reason : failure;
    }

    /** Whether nothing is to be written any more. */
    synchronized boolean isOver() {
        return closed || failure != null;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Ends the file and lets go of the tracks. A second time is harmless. */
    void close() throws IOException {
        List<Registration> left;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            left = List.copyOf(tracks);
            try {
                if (file != null) {
                    file.close();
                }
            } catch (IOException e) {
                failed(e);
            }
        }
        // Not under the lock: a track's own may be held by who writes here.
        left.forEach(Registration::close);
        synchronized (this) {
            if (failure != null) {
                throw failure;
            }
        }
    }
}

package dev.yodel.media.file;

import java.io.IOException;

/** A file is not what it claims to be, or of a kind that is not supported; the message says which and where. */
public final class MediaFileException extends IOException {
    private static final long serialVersionUID = 1L;

    MediaFileException(String message) {
        super(message);
    }
}

package dev.yodel.whip;

import java.util.concurrent.CompletionException;

/** What went wrong in a future? */
final class WhipFailure {
    private WhipFailure() {}

    /** What failed, without the wrappers of futures. */
    static Throwable of(Throwable thrown) {
        Throwable error = thrown;
        while (error instanceof CompletionException && error.getCause() != null) {
            error = error.getCause();
        }
        return error;
    }
}

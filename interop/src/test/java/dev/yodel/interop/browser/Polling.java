package dev.yodel.interop.browser;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for another process, which cannot be asked to call back. */
public final class Polling {
    private Polling() {}

    /**
     * Asks again and again until there is an answer.
     *
     * @param what for the failure message
     * @param seconds how long to go on
     * @param question gives null as long as there is no answer
     * @param <T> the answer's type
     * @return the answer
     * @throws AssertionError when the time is over
     */
    public static <T> T until(String what, int seconds, Supplier<@Nullable T> question) {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            final T answer = question.get();
            if (answer != null) {
                return answer;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(what + " did not come within " + seconds + " s");
            }
            LockSupport.parkNanos(20_000_000);
        }
    }
}

package dev.yodel.examples.call;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Notes when a call first reached each stage. May be used from any thread. */
final class SetupTimer {
    /** In the order in which a call goes through them. */
    enum Stage {
        /** Both peers are in the room. */
        BEGUN,
        /** Both descriptions are set. */
        SIGNALED,
        /** ICE has a working pair. */
        PATH,
        /** DTLS is done. */
        SECURED,
        /** Sound was decoded. */
        AUDIO
    }

    private final Map<Stage, Long> nanos = new EnumMap<>(Stage.class);

    synchronized void reached(Stage stage) {
        nanos.putIfAbsent(stage, System.nanoTime());
    }

    synchronized boolean has(Stage stage) {
        return nanos.containsKey(stage);
    }

    synchronized CallResult.Setup setup(@Nullable Double jvmMillis) {
        return new CallResult.Setup(
                jvmMillis,
                between(Stage.BEGUN, Stage.SIGNALED),
                between(Stage.SIGNALED, Stage.PATH),
                between(Stage.PATH, Stage.SECURED),
                between(Stage.SECURED, Stage.AUDIO),
                between(Stage.BEGUN, Stage.SECURED));
    }

    private @Nullable Double between(Stage from, Stage to) {
        final Long start = nanos.get(from);
        final Long end = nanos.get(to);
        // ICE may work before the last description is set; then it took no time of its own.
        return start == null || end == null ? null : Math.max(0, (end - start) / 1e6);
    }
}

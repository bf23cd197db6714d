package dev.yodel.io.loop;

import dev.yodel.io.Diagnostics;
import dev.yodel.io.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Diagnostics that go to the log, at WARN and ERROR. */
final class LoggedDiagnostics implements Diagnostics {
    private static final Logger LOG = LoggerFactory.getLogger(NioEnvironment.class);

    @Override
    public void onError(String where, Throwable error) {
        LOG.error("{} failed", where, error);
    }

    @Override
    public void onSlowTurn(String loop, String stage, long turnNanos) {
        LOG.warn("a turn of {} took {} ms: {}", loop, turnNanos / Time.MILLISECOND, stage);
    }

    @Override
    public void onLaneBlocked(String task, long blockedNanos) {
        LOG.warn("a lane is blocked for {} s by {}", blockedNanos / Time.SECOND, task);
    }
}

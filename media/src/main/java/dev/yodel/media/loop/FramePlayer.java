package dev.yodel.media.loop;

import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays encoded frames at their own pace: reads ahead on the workers, sends on the loop by one timer, with the same
 * rhythm whatever the lateness of either. Frames need durations. It does not decode.
 *
 * <p>{@link #start} and {@link #close} may be called from any thread; sink and end are called on the loop.
 */
public final class FramePlayer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FramePlayer.class);
    private static final int BATCH = 50;
    private static final long TOO_FAR_BEHIND = 200 * Time.MILLISECOND;

    /** Where the frames come from; called on a worker, one call at a time. */
    public interface Source extends Closeable {
        /**
         * The next frame. It may block.
         *
         * @return a frame with a duration, or null after the last one
         * @throws IOException if there is none for another reason
         */
        @Nullable
        EncodedFrame next() throws IOException;
    }

    /** Where the frames go. */
    @FunctionalInterface
    public interface Sink {
        /**
         * A frame is due. On the loop.
         *
         * @param frame as the source gave it
         */
        void onFrame(EncodedFrame frame);
    }

    /** Is told once how it ended. */
    @FunctionalInterface
    public interface End {
        /**
         * Nothing more will come. On the loop.
         *
         * @param failure null after the last frame and after {@link FramePlayer#close()}
         */
        void onEnd(@Nullable IOException failure);
    }

    private final Environment environment;
    private final Loop loop;
    private final Source source;
    private final Sink sink;
    private final End end;

    // Loop only.
    private final ArrayDeque<EncodedFrame> queue = new ArrayDeque<>();
    private @Nullable LoopTimer timer;
    private boolean reading;
    private boolean exhausted;
    private boolean ended;
    private @Nullable IOException failure;
    private long nextAt = Time.NEVER;

    /**
     * A player that has not begun.
     *
     * @param environment gives the workers
     * @param loop where frames are sent
     * @param source closed by the player at the end
     * @param sink gets the frames
     * @param end is told when it is over
     */
    public FramePlayer(Environment environment, Loop loop, Source source, Sink sink, End end) {
        this.environment = environment;
        this.loop = loop;
        this.source = source;
        this.sink = sink;
        this.end = end;
    }

    /** Begins; the first frame leaves as soon as it is read. */
    public void start() {
        loop.execute(() -> {
            if (!ended && timer == null) {
                timer = loop.newTimer(this::play);
                read();
            }
        });
    }

    /** Ends early. */
    @Override
    public void close() {
        try {
            loop.execute(this::finish);
        } catch (RejectedExecutionException e) {
            LOG.debug("the loop is gone, and with it the player", e);
        }
    }

    private void read() {
        if (reading || exhausted || queue.size() > BATCH / 2) {
            return;
        }
        reading = true;
        environment.workers().execute(() -> {
            List<EncodedFrame> batch = new ArrayList<>();
            boolean last = false;
            IOException problem = null;
            try {
                while (batch.size() < BATCH && !last) {
                    EncodedFrame frame = source.next();
                    if (frame == null) {
                        last = true;
                    } else if (frame.durationNanos() <= 0) {
                        throw new IOException("a player needs frames with durations");
                    } else {
                        batch.add(frame);
                    }
                }
            } catch (IOException e) {
                problem = e;
            }
            boolean over = last;
            IOException why = problem;
            loop.execute(() -> onRead(batch, over, why));
        });
    }

    private void onRead(List<EncodedFrame> batch, boolean last, @Nullable IOException problem) {
        reading = false;
        if (ended) {
            closeSource();
            return;
        }
        queue.addAll(batch);
        exhausted = last || problem != null;
        failure = problem;
        play();
    }

    private void play() {
        LoopTimer current = timer;
        if (ended || current == null) {
            return;
        }
        long now = loop.now();
        if (nextAt == Time.NEVER || now - nextAt > TOO_FAR_BEHIND) {
            nextAt = now;
        }
        EncodedFrame frame;
        while (now >= nextAt && (frame = queue.poll()) != null) {
            nextAt += frame.durationNanos();
            sink.onFrame(frame);
            if (ended) {
                return;
            }
        }
        if (queue.isEmpty() && exhausted) {
            finish();
            return;
        }
        read();
        if (!queue.isEmpty()) {
            current.set(nextAt);
        }
    }

    private void finish() {
        if (ended) {
            return;
        }
        ended = true;
        queue.clear();
        LoopTimer current = timer;
        if (current != null) {
            current.close();
        }
        if (!reading) {
            closeSource();
        }
        end.onEnd(failure);
    }

    private void closeSource() {
        environment.workers().execute(() -> {
            try {
                source.close();
            } catch (IOException e) {
                LOG.debug("closing what was played failed", e);
            }
        });
    }
}

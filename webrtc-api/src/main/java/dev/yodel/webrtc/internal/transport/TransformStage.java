package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Lane;
import dev.yodel.webrtc.EncodedMediaFrame;
import dev.yodel.webrtc.EncodedVideoFrameType;
import dev.yodel.webrtc.MediaKind;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which frames does a transform get, and which may go on? W3C's readEncodedData and writeEncodedData
 * (webrtc-encoded-transform 3.2) for one sender or receiver, with a bounded queue before the user's code. It does not
 * know what is done with frames. Any thread; the user's code runs on its lane.
 */
public final class TransformStage implements AutoCloseable {
    /** More than a second of audio in frames of 20 ms. */
    private static final int MAX_WAITING_FRAMES = 64;

    private final Lane lane;
    private final Runnable onLoss;
    private final Consumer<@Nullable String> onKeyFrameRequest;
    private final LaneMailbox<PassingFrame> mailbox;

    // Guarded by this.
    private long offered;
    private long passed;
    private long read;
    private long written;
    private long refused;
    private boolean lossTold;
    private boolean closed;

    /**
     * A stage.
     *
     * @param lane where the user's code runs
     * @param user gets every frame, on the lane
     * @param onLoss video frames were lost here, so that only a key frame helps; any thread
     * @param onKeyFrameRequest the peer asks for a key frame of a simulcast layer, or of the only stream; on the lane
     */
    public TransformStage(
            Lane lane,
            Consumer<EncodedMediaFrame> user,
            Runnable onLoss,
            Consumer<@Nullable String> onKeyFrameRequest) {
        this.lane = Objects.requireNonNull(lane, "lane");
        this.onLoss = onLoss;
        this.onKeyFrameRequest = onKeyFrameRequest;
        this.mailbox = new LaneMailbox<>(lane, MAX_WAITING_FRAMES, frame -> {
            synchronized (this) {
                if (closed) {
                    return;
                }
                read++;
            }
            user.accept(frame);
        });
    }

    /** Takes a frame that comes from the encoder or from the network. */
    void offer(PassingFrame frame) {
        synchronized (this) {
            if (closed) {
                return;
            }
            frame.stage = this;
            frame.number = ++offered;
            lossTold &= frame.type() != EncodedVideoFrameType.KEY;
        }
        long before = mailbox.dropped();
        mailbox.offer(frame);
        if (frame.kind() == MediaKind.VIDEO && mailbox.dropped() != before && tellLoss()) {
            onLoss.run();
        }
    }

    private synchronized boolean tellLoss() {
        boolean first = !lossTold;
        lossTold = true;
        return first;
    }

    /**
     * Lets a frame go on, if it may.
     *
     * @param frame what the user's code writes
     */
    public void write(EncodedMediaFrame frame) {
        synchronized (this) {
            // W3C: no frames of others, and none that were overtaken.
            if (closed || !(frame instanceof PassingFrame own) || own.stage != this || own.number <= passed) {
                refused++;
                return;
            }
            passed = own.number;
            written++;
            own.goOn();
        }
    }

    /** The peer asks for a key frame. Any thread. */
    void requestKeyFrame(@Nullable String rid) {
        try {
            lane.execute(() -> onKeyFrameRequest.accept(rid));
        } catch (java.util.concurrent.RejectedExecutionException closed) {
            // Nothing is sent any more.
        }
    }

    /**
     * Frames that the user's code was given.
     *
     * @return a count
     */
    public synchronized long read() {
        return read;
    }

    /**
     * Frames that went on.
     *
     * @return a count
     */
    public synchronized long written() {
        return written;
    }

    /**
     * Frames that were written and could not go on.
     *
     * @return a count
     */
    public synchronized long refused() {
        return refused;
    }

    /**
     * Frames that the user's code was too slow for.
     *
     * @return a count
     */
    public long lost() {
        return mailbox.dropped();
    }

    /** Another transform takes its place, or none: what is still in here is lost. */
    @Override
    public synchronized void close() {
        closed = true;
    }
}

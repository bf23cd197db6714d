package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.FrameTransformer;
import dev.yodel.webrtc.RtpScriptTransform;
import dev.yodel.webrtc.internal.transport.TransformStage;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An application's transform, with its counts. Any thread. */
public final class ScriptTransform extends OwnedTransform implements RtpScriptTransform {
    private static final Logger LOG = LoggerFactory.getLogger("dev.yodel.webrtc");

    private final FrameTransformer transformer;
    private final AtomicLong errors = new AtomicLong();

    public ScriptTransform(FrameTransformer transformer) {
        this.transformer = Objects.requireNonNull(transformer, "transformer");
    }

    @Override
    FrameTransformer transformer(boolean sending) {
        return transformer;
    }

    @Override
    void failed(Throwable error) {
        if (errors.incrementAndGet() == 1) {
            LOG.warn(
                    "a frame transformer threw; its frame is dropped, and what it throws from now on is counted",
                    error);
        }
    }

    @Override
    public long framesRead() {
        TransformStage at = stage();
        return at == null ? 0 : at.read();
    }

    @Override
    public long framesWritten() {
        TransformStage at = stage();
        return at == null ? 0 : at.written();
    }

    @Override
    public long framesRefused() {
        TransformStage at = stage();
        return at == null ? 0 : at.refused();
    }

    @Override
    public long framesLost() {
        TransformStage at = stage();
        return at == null ? 0 : at.lost();
    }

    @Override
    public long errors() {
        return errors.get();
    }

    @Override
    public String toString() {
        return "RtpScriptTransform, read " + framesRead() + ", written " + framesWritten();
    }
}

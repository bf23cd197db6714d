package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.FrameTransformer;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.RtpTransform;
import dev.yodel.webrtc.internal.transport.TransformStage;
import org.jspecify.annotations.Nullable;

/** What all transforms share: they serve one sender or receiver, for ever. Any thread. */
abstract class OwnedTransform implements RtpTransform {
    private volatile @Nullable TransformStage stage;
    private boolean owned;

    /** What is done with frames. */
    abstract FrameTransformer transformer(boolean sending);

    /** The user's code threw. */
    abstract void failed(Throwable error);

    static OwnedTransform of(RtpTransform transform) {
        if (!(transform instanceof OwnedTransform own)) {
            throw new IllegalArgumentException(
                    "the transform was not made by this library; use RtpScriptTransform.of or SFrameTransform.create");
        }
        return own;
    }

    /** W3C's check of the setter; what succeeds is final. */
    synchronized void claim() {
        if (owned) {
            throw new InvalidStateException(
                    "the transform is in use, or was; make a new one for each sender and receiver");
        }
        owned = true;
    }

    void begin(TransformStage at) {
        stage = at;
    }

    final @Nullable TransformStage stage() {
        return stage;
    }
}

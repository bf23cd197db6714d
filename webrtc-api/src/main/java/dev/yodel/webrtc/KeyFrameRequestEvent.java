package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/** W3C's KeyFrameRequestEvent: the peer asks for a key frame. On the transformer's lane only. */
public final class KeyFrameRequestEvent {
    private final @Nullable String rid;
    private boolean prevented;

    /**
     * An event.
     *
     * @param rid the simulcast layer, null where there is one stream only
     */
    public KeyFrameRequestEvent(@Nullable String rid) {
        this.rid = rid;
    }

    /**
     * What is asked for.
     *
     * @return the simulcast layer, null where there is one stream only
     */
    public @Nullable String rid() {
        return rid;
    }

    /** Keeps the source of the frames from being asked. */
    public void preventDefault() {
        prevented = true;
    }

    /**
     * Whether a listener wants the source not to be asked.
     *
     * @return true after {@link #preventDefault}
     */
    public boolean defaultPrevented() {
        return prevented;
    }

    @Override
    public String toString() {
        return "a key frame is asked for" + (rid == null ? "" : " of layer " + rid);
    }
}

package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.internal.jsep.JsepInput;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Candidates that came before any remote description. In a browser that is a mistake of the page, since one thread sees
 * descriptions and candidates in their order; here each connection has a lane of its own, so a candidate may overtake the
 * description that was signaled before it. They are kept, at most 256, and added when the description is there. On the
 * connection's lane.
 */
final class EarlyCandidates {
    static final int MAX_KEPT = 256;
    private static final Logger LOG = LoggerFactory.getLogger("dev.yodel.webrtc");

    private final List<JsepInput.AddRemoteCandidate> kept = new ArrayList<>();

    void keep(JsepInput.AddRemoteCandidate candidate) {
        if (kept.size() == MAX_KEPT) {
            LOG.warn("a candidate was ignored: {} came before the remote description", MAX_KEPT);
            return;
        }
        kept.add(candidate);
    }

    /** Adds them in their order; one that does not belong to the description is left out. */
    void release(Consumer<JsepInput.AddRemoteCandidate> add) {
        List<JsepInput.AddRemoteCandidate> now = List.copyOf(kept);
        kept.clear();
        for (JsepInput.AddRemoteCandidate candidate : now) {
            try {
                add.accept(candidate);
            } catch (RtcException notOfThisDescription) {
                LOG.debug("a candidate that came early was ignored: {}", notOfThisDescription.getMessage());
            }
        }
    }
}

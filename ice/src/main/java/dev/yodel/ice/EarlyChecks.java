package dev.yodel.ice;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Which authenticated checks came, and were answered, before the peer's credentials were known (RFC 8445 section 7.3)?
 * They are replayed when the session starts; until then data from their sources counts as validated.
 */
final class EarlyChecks {
    private static final int MAX = 16;

    /** One source. */
    static final class Early {
        final Base base;
        final Path path;
        final String remoteUfrag;
        final long priority;
        boolean useCandidate;
        boolean peerControls;

        Early(Base base, Path path, String remoteUfrag, long priority) {
            this.base = base;
            this.path = path;
            this.remoteUfrag = remoteUfrag;
            this.priority = priority;
        }
    }

    private final List<Early> kept = new ArrayList<>();

    void keep(
            Base base,
            InetSocketAddress remote,
            String remoteUfrag,
            long priority,
            boolean useCandidate,
            boolean peerControls) {
        for (Early early : kept) {
            if (early.base == base && early.path.remote.equals(remote) && early.remoteUfrag.equals(remoteUfrag)) {
                early.useCandidate |= useCandidate;
                early.peerControls = peerControls;
                return;
            }
        }
        if (kept.size() >= MAX) {
            return;
        }
        Path path = base.hold(remote);
        path.source.validate();
        Early early = new Early(base, path, remoteUfrag, priority);
        early.useCandidate = useCandidate;
        early.peerControls = peerControls;
        kept.add(early);
    }

    /** Takes all out; the caller calls {@link #release} for each. */
    List<Early> take() {
        List<Early> taken = new ArrayList<>(kept);
        kept.clear();
        return taken;
    }

    static void release(Early early) {
        early.path.source.invalidate();
        early.base.release(early.path);
    }

    int size() {
        return kept.size();
    }
}

package dev.yodel.whip;

import dev.yodel.sdp.MediaSection;
import dev.yodel.sdp.Sdp;
import dev.yodel.sdp.SdpParseException;
import dev.yodel.webrtc.IceCandidate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which candidates does the server not know yet? Those of one generation, told once each. Any thread. */
final class TrickledCandidates {
    private static final String CANDIDATE = "candidate:";

    // Guarded by this.
    private final List<IceCandidate> waiting = new ArrayList<>();
    private @Nullable Sdp told;

    synchronized void add(@Nullable IceCandidate candidate) {
        // Null is the end of all transports; each transport's own end came before as an empty candidate.
        if (candidate != null) {
            waiting.add(candidate);
        }
    }

    synchronized void clear() {
        waiting.clear();
    }

    /** A description was sent, with what it holds. */
    synchronized void told(String description) {
        told = parse(description);
    }

    /** What is to be sent as a fragment, empty for nothing. */
    synchronized String take(String localDescription) {
        final Sdp local = parse(localDescription);
        final Map<String, List<String>> byMid = new LinkedHashMap<>();
        for (final IceCandidate candidate : waiting) {
            final String mid = candidate.sdpMid();
            final MediaSection section = local == null || mid == null ? null : local.mediaByMid(mid);
            if (section == null || mid == null || local == null) {
                continue;
            }
            final String ufrag = candidate.usernameFragment();
            final boolean current = ufrag == null || ufrag.equals(local.iceUfrag(section));
            if (current && !knows(mid, ufrag, candidate.candidate())) {
                byMid.computeIfAbsent(mid, unused -> new ArrayList<>()).add(candidate.candidate());
            }
        }
        waiting.clear();
        return byMid.isEmpty() || local == null
                ? ""
                : IceFragments.candidates(local, byMid).write();
    }

    private boolean knows(String mid, @Nullable String ufrag, String candidate) {
        final Sdp description = told;
        final MediaSection section = description == null ? null : description.mediaByMid(mid);
        if (description == null || section == null || !String.valueOf(ufrag).equals(description.iceUfrag(section))) {
            return false;
        }
        if (candidate.isEmpty()) {
            return description.hasEndOfCandidates(section);
        }
        return section.candidates()
                .contains(candidate.startsWith(CANDIDATE) ? candidate.substring(CANDIDATE.length()) : candidate);
    }

    private static @Nullable Sdp parse(String description) {
        try {
            return Sdp.parse(description);
        } catch (SdpParseException ours) {
            throw new IllegalStateException("a description of ours cannot be read: " + ours.getMessage(), ours);
        }
    }
}

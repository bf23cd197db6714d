package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.Stats;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** W3C's stats selection algorithm (WebRTC 1.0, 8.5): what belongs to one sender or receiver, and what that refers to. */
final class StatsSelection {
    private StatsSelection() {}

    /** The streams of a section that go one way, and everything they name. */
    static Map<String, Stats> of(Map<String, Stats> all, @Nullable String mid, boolean sending) {
        Deque<Stats> open = new ArrayDeque<>();
        for (Stats entry : all.values()) {
            boolean stream = entry.type().equals(sending ? "outbound-rtp" : "inbound-rtp");
            if (stream && mid != null && Objects.equals(mid, entry.text("mid"))) {
                open.add(entry);
            }
        }
        Set<String> taken = new HashSet<>();
        while (!open.isEmpty()) {
            Stats entry = open.remove();
            if (!taken.add(entry.id())) {
                continue;
            }
            entry.members().forEach((key, value) -> {
                Stats named = key.endsWith("Id") && value instanceof String id ? all.get(id) : null;
                if (named != null) {
                    open.add(named);
                }
            });
        }
        Map<String, Stats> selected = new LinkedHashMap<>();
        all.forEach((id, entry) -> {
            if (taken.contains(id)) {
                selected.put(id, entry);
            }
        });
        return selected;
    }
}

package dev.yodel.webrtc;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCStatsReport: a snapshot of all counters, by id. Immutable.
 *
 * @see <a href="https://www.w3.org/TR/webrtc-stats/">Identifiers for WebRTC's Statistics API</a>
 */
public interface StatsReport {
    /**
     * Everything, by id.
     *
     * @return an immutable map in the order of collection
     */
    Map<String, Stats> entries();

    /**
     * Looks one entry up.
     *
     * @param id its id
     * @return null if there is none
     */
    default @Nullable Stats get(String id) {
        return entries().get(id);
    }

    /**
     * All entries.
     *
     * @return an immutable collection
     */
    default Collection<Stats> values() {
        return entries().values();
    }

    /**
     * The entries of a type.
     *
     * @param type W3C's word, for example {@code inbound-rtp}
     * @return an immutable list
     */
    default List<Stats> ofType(String type) {
        return values().stream().filter(entry -> entry.type().equals(type)).toList();
    }

    /**
     * The entries of a kind, with their members as methods: {@code report.views(InboundRtpStreamStats.class)}.
     *
     * @param <T> the view
     * @param view one of the classes of {@link StatsView}
     * @return an immutable list
     */
    default <T extends StatsView> List<T> views(Class<T> view) {
        return values().stream()
                .map(StatsView::of)
                .filter(view::isInstance)
                .map(view::cast)
                .toList();
    }

    /**
     * As a browser's {@code JSON.stringify([...report.values()])} would give it.
     *
     * @return a JSON array
     */
    String toJson();
}

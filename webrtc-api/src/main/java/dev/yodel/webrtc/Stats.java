package dev.yodel.webrtc;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCStats: one entry of a {@link StatsReport}. Members have the keys of webrtc-stats; what is not measured is
 * absent.
 *
 * @param id unique in the report, the same in later ones
 * @param type W3C's word, for example {@code candidate-pair}
 * @param timestamp milliseconds since 1970, never running backwards
 * @param members keys to strings, numbers and booleans
 */
public record Stats(String id, String type, double timestamp, Map<String, Object> members) {
    public Stats {
        members = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(members));
    }

    /**
     * A member that is a number.
     *
     * @param key W3C's key
     * @return null if it is absent or no number
     */
    public @Nullable Double number(String key) {
        Object value = members.get(key);
        return value instanceof Number number ? (Double) number.doubleValue() : null;
    }

    /**
     * A member that is a string.
     *
     * @param key W3C's key
     * @return null if it is absent or no string
     */
    public @Nullable String text(String key) {
        Object value = members.get(key);
        return value instanceof String text ? text : null;
    }
}

package dev.yodel.whip;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP request as {@link WhipServer} needs it, whichever HTTP server has read it. Immutable but for its body's array,
 * which belongs to the request.
 */
public final class WhipRequest {
    private final String method;
    private final String path;
    private final Map<String, List<String>> headers;
    private final byte[] body;

    /**
     * A request.
     *
     * @param method for example {@code POST}
     * @param path the path of the request's target without the query, as it was sent
     * @param headers names in any case, and their values
     * @param body at most {@link WhipServer#maxBodyBytes()} and one byte need be read; not copied
     */
    public WhipRequest(String method, String path, Map<String, List<String>> headers, byte[] body) {
        this.method = Objects.requireNonNull(method, "method");
        this.path = Objects.requireNonNull(path, "path");
        final Map<String, List<String>> lower = new TreeMap<>();
        headers.forEach((name, values) -> lower.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
        this.headers = lower;
        this.body = Objects.requireNonNull(body, "body");
    }

    /**
     * What is to be done.
     *
     * @return for example {@code POST}
     */
    public String method() {
        return method;
    }

    /**
     * To what.
     *
     * @return a path
     */
    public String path() {
        return path;
    }

    /**
     * A header.
     *
     * @param name in any case
     * @return its first value, or null
     */
    public @Nullable String header(String name) {
        final List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    /**
     * The body.
     *
     * @return the array itself
     */
    public byte[] body() {
        return body;
    }

    /** One line without headers, for they hold tokens. */
    @Override
    public String toString() {
        return method + " " + path + ", " + body.length + " bytes";
    }
}

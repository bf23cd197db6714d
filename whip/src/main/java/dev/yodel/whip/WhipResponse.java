package dev.yodel.whip;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@link WhipServer} answers, to be written by whichever HTTP server asked. Immutable but for its body's array. */
public final class WhipResponse {
    private final int status;
    private final List<Map.Entry<String, String>> headers;
    private final byte[] body;

    WhipResponse(int status, List<Map.Entry<String, String>> headers, byte[] body) {
        this.status = status;
        this.headers = List.copyOf(headers);
        this.body = body;
    }

    static WhipResponse empty(int status) {
        return new WhipResponse(status, List.of(), new byte[0]);
    }

    /** A body of text. */
    static WhipResponse of(int status, String contentType, String text) {
        return new WhipResponse(
                status, List.of(Map.entry("Content-Type", contentType)), text.getBytes(StandardCharsets.UTF_8));
    }

    /** A refusal in words (RFC 9457). */
    static WhipResponse problem(int status, String words) {
        return of(status, "application/problem+json", "{\"status\":" + status + ",\"detail\":" + quoted(words) + "}");
    }

    private static String quoted(String text) {
        final StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                out.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    out.append(Character.forDigit(c >> shift & 0xf, 16));
                }
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    WhipResponse with(String name, String value) {
        final List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(Map.entry(name, value));
        return new WhipResponse(status, more, body);
    }

    /**
     * The status.
     *
     * @return 200 to 599
     */
    public int status() {
        return status;
    }

    /**
     * The headers but for the length; a name may come more than once.
     *
     * @return names and values in order
     */
    public List<Map.Entry<String, String>> headers() {
        return headers;
    }

    /**
     * A header.
     *
     * @param name in any case
     * @return its first value, or null
     */
    public @Nullable String header(String name) {
        for (final Map.Entry<String, String> header : headers) {
            if (header.getKey().equalsIgnoreCase(name)) {
                return header.getValue();
            }
        }
        return null;
    }

    /**
     * The body.
     *
     * @return the array itself; empty for none
     */
    public byte[] body() {
        return body;
    }

    /**
     * The body as text.
     *
     * @return UTF-8
     */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** One line without headers. */
    @Override
    public String toString() {
        return status + ", " + body.length + " bytes";
    }
}

package dev.yodel.webrtc.internal;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259): objects from maps, arrays from lists, what is no number in it as null. */
final class Json {
    private final StringBuilder text = new StringBuilder();

    private Json() {}

    static String of(@Nullable Object value) {
        return new Json().value(value).text.toString();
    }

    private Json value(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            text.append('{');
            String comma = "";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                text.append(comma);
                string(String.valueOf(entry.getKey()));
                text.append(':');
                value(entry.getValue());
                comma = ",";
            }
            text.append('}');
        } else if (value instanceof Iterable<?> list) {
            text.append('[');
            String comma = "";
            for (Object each : list) {
                text.append(comma);
                value(each);
                comma = ",";
            }
            text.append(']');
        } else if (value == null || (value instanceof Double number && (number.isNaN() || number.isInfinite()))) {
            text.append("null");
        } else if (value instanceof Number || value instanceof Boolean) {
            text.append(value);
        } else {
            string(value.toString());
        }
        return this;
    }

    private void string(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}

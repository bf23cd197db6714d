package dev.yodel.sdp;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Parameters of a format (RFC 8866 section 6.15).
 *
 * @param format a payload type, or a format name such as {@code webrtc-datachannel}
 * @param parameters the text as written, e.g. {@code minptime=10;useinbandfec=1}, {@code 0-15} or {@code 111/111}
 */
public record Fmtp(String format, String parameters) implements Attribute {
    /** Checks the format and that the parameters fit on one line. */
    public Fmtp {
        Grammar.token(format, "format");
        if (Grammar.isDigits(format)) {
            Grammar.payloadType(format);
        }
        Grammar.byteString(parameters, "format parameters");
    }

    /**
     * Parameters for a payload type.
     *
     * @param payloadType 0 to 127
     * @param parameters names and values in the order they are to be written; an empty value stands for a bare name
     * @return the attribute
     */
    public static Fmtp of(int payloadType, Map<String, String> parameters) {
        StringBuilder text = new StringBuilder();
        parameters.forEach((key, value) -> {
            if (key.indexOf(';') >= 0 || key.indexOf('=') >= 0 || value.indexOf(';') >= 0) {
                throw Grammar.bad("a format parameter must not contain a semicolon, nor its name an equals sign");
            }
            text.append(text.isEmpty() ? "" : ";").append(key);
            if (!value.isEmpty()) {
                text.append('=').append(value);
            }
        });
        return new Fmtp(Integer.toString(payloadType), text.toString());
    }

    static void check(Cursor value) {
        Cursor format = value.until(' ');
        format.checkToken("format");
        if (format.isDigits()) {
            format.restNumber(0, 127, "payload type");
        }
    }

    static Fmtp parse(Cursor value) {
        return new Fmtp(value.textUntil(' '), value.rest());
    }

    /**
     * The parameters one by one. Parameters are separated by semicolons; of two with one name the first counts.
     *
     * @return lower-case names and their values in the order written; a part without {@code =} is a name with an
     *     empty value
     */
    public Map<String, String> parameterMap() {
        Map<String, String> map = new LinkedHashMap<>();
        for (String part : Grammar.split(parameters, ';')) {
            String trimmed = part.strip();
            if (!trimmed.isEmpty()) {
                int equals = trimmed.indexOf('=');
                String key = equals < 0 ? trimmed : trimmed.substring(0, equals).strip();
                map.putIfAbsent(
                        key.toLowerCase(Locale.ROOT),
                        equals < 0 ? "" : trimmed.substring(equals + 1).strip());
            }
        }
        return Collections.unmodifiableMap(map);
    }

    @Override
    public String attributeName() {
        return "fmtp";
    }

    @Override
    public String attributeValue() {
        return parameters.isEmpty() ? format : format + " " + parameters;
    }
}

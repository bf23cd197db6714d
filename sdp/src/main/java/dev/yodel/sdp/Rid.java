package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A restricted RTP stream (RFC 8851 section 10).
 *
 * @param id letters, digits, hyphen and underscore
 * @param send true for {@code send}, false for {@code recv}
 * @param parameters the payload types and restrictions as written, empty for none
 */
public record Rid(String id, boolean send, String parameters) implements Attribute {
    private static final String PAYLOAD_TYPES = "pt=";

    /** Checks identifier and payload types. */
    public Rid {
        checkId(id);
        Grammar.byteString(parameters, "rid parameters");
        checkPayloadTypes(new Cursor(parameters));
    }

    static void checkId(String id) {
        checkId(id, 0, id.length());
    }

    static void checkId(String text, int start, int end) {
        if (end == start || end - start > 255) {
            throw Grammar.bad("rid must have 1 to 255 characters");
        }
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (!Grammar.isAlphaNumeric(c) && c != '-' && c != '_') {
                throw Grammar.bad("rid must consist of letters, digits, hyphen and underscore");
            }
        }
    }

    static void check(Cursor value) {
        value.until(' ').parts(' ', ' ', Rid::checkId);
        Cursor direction = value.until(' ');
        if (!direction.is("send") && !direction.is("recv")) {
            throw Grammar.bad("rid direction must be send or recv");
        }
        checkPayloadTypes(value);
    }

    static Rid parse(Cursor value) {
        String id = value.textUntil(' ');
        Cursor direction = value.until(' ');
        boolean send = direction.is("send");
        if (!send && !direction.is("recv")) {
            throw Grammar.bad("rid direction must be send or recv");
        }
        return new Rid(id, send, value.rest());
    }

    private static void checkPayloadTypes(Cursor parameters) {
        while (!parameters.isEmpty()) {
            parameters.skipWhitespace();
            if (parameters.skip(PAYLOAD_TYPES)) {
                parameters.until(';').strippedTrailing().parts(',', ',', Rid::checkPayloadType);
                return;
            }
            parameters.pass(';');
        }
    }

    private static void checkPayloadType(String text, int start, int end) {
        Grammar.number(text, start, end, 0, 127, "payload type");
    }

    /**
     * The payload types the stream is limited to.
     *
     * @return them in order of preference; empty when any format of the section may be used
     */
    public List<Integer> payloadTypes() {
        return payloadTypes(parameters);
    }

    /**
     * The restrictions, such as {@code max-width}.
     *
     * @return names and values in the order written, {@code pt} left out; an absent value is empty
     */
    public Map<String, String> restrictions() {
        Map<String, String> map = new LinkedHashMap<>();
        for (String part : Grammar.split(parameters, ';')) {
            String trimmed = part.strip();
            if (!trimmed.isEmpty() && !trimmed.startsWith(PAYLOAD_TYPES)) {
                int equals = trimmed.indexOf('=');
                map.putIfAbsent(
                        equals < 0 ? trimmed : trimmed.substring(0, equals),
                        equals < 0 ? "" : trimmed.substring(equals + 1));
            }
        }
        return Collections.unmodifiableMap(map);
    }

    private static List<Integer> payloadTypes(String parameters) {
        for (String part : Grammar.split(parameters, ';')) {
            String trimmed = part.strip();
            if (trimmed.startsWith(PAYLOAD_TYPES)) {
                List<Integer> types = new ArrayList<>();
                for (String type : Grammar.split(trimmed.substring(PAYLOAD_TYPES.length()), ',')) {
                    types.add(Grammar.payloadType(type));
                }
                return List.copyOf(types);
            }
        }
        return List.of();
    }

    @Override
    public String attributeName() {
        return "rid";
    }

    @Override
    public String attributeValue() {
        return id + (send ? " send" : " recv") + (parameters.isEmpty() ? "" : " " + parameters);
    }
}

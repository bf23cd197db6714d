package dev.yodel.srtp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.yodel.io.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Known answers of the RFCs: flat JSON objects with string and number values. */
final class Vectors {
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\": (?:\"([^\"]*)\"|(\\d+))");

    private Vectors() {}

    static List<Map<String, String>> read(String file) {
        try (InputStream in = Vectors.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("no such test resource: " + file);
            }
            List<Map<String, String>> result = new ArrayList<>();
            for (String object : new String(in.readAllBytes(), UTF_8).split("\\},", -1)) {
                Map<String, String> fields = new HashMap<>();
                Matcher matcher = FIELD.matcher(object);
                while (matcher.find()) {
                    fields.put(matcher.group(1), matcher.group(2) == null ? matcher.group(3) : matcher.group(2));
                }
                result.add(fields);
            }
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(Map<String, String> vector, String field) {
        String text = vector.get(field);
        if (text == null) {
            throw new IllegalStateException("no field " + field);
        }
        return Bytes.fromHex(text);
    }
}

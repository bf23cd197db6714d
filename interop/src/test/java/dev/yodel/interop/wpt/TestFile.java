package dev.yodel.interop.wpt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One test of the suite, taken apart: its scripts in order, its title, and the few elements that scripts ask for. It
 * reads the form in which the suite writes its files, not HTML at large.
 */
final class TestFile {
    /** A script, and where it comes from. */
    record Script(String path, String text) {}

    /** An element of the page. */
    record Element(String name, Map<String, String> attributes) {}

    private static final Pattern TAG = Pattern.compile(
            "<!--.*?-->|<(script|meta|title|video|audio|canvas|div|iframe|button|input)\\b([^>]*)>",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern ATTRIBUTE =
            Pattern.compile("([\\w-]+)(?:\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\\s\"'>]+)))?");
    private static final Pattern META = Pattern.compile("^//\\s*META:\\s*(\\w+)=(.*)$", Pattern.MULTILINE);

    private final Path root;
    private final String path;
    private final List<Script> scripts = new ArrayList<>();
    private final List<Element> elements = new ArrayList<>();
    private String title;

    private TestFile(Path root, String path) {
        this.root = root;
        this.path = path;
        this.title = path.substring(path.lastIndexOf('/') + 1);
    }

    /** Reads a test; its path begins at the root of the suite. */
    static TestFile read(Path root, String path) throws IOException {
        TestFile file = new TestFile(root, path);
        String text = Files.readString(root.resolve(path));
        if (path.endsWith(".js")) {
            file.readScript(text);
        } else {
            file.readPage(text);
        }
        return file;
    }

    String path() {
        return path;
    }

    String title() {
        return title;
    }

    List<Script> scripts() {
        return scripts;
    }

    List<Element> elements() {
        return elements;
    }

    boolean isLong() {
        return elements.stream()
                .anyMatch(e -> "timeout".equals(e.attributes().get("name"))
                        && "long".equals(e.attributes().get("content")));
    }

    private void readScript(String text) throws IOException {
        load("/resources/testharness.js");
        load("/resources/testharnessreport.js");
        Matcher meta = META.matcher(text);
        while (meta.find()) {
            String value = meta.group(2).trim();
            switch (meta.group(1)) {
                case "script" -> load(value);
                case "title" -> title = value;
                case "timeout" -> elements.add(new Element("meta", Map.of("name", "timeout", "content", value)));
                default -> {}
            }
        }
        elements.add(new Element("title", Map.of()));
        scripts.add(new Script("/" + path, text));
    }

    private void readPage(String text) throws IOException {
        Matcher tag = TAG.matcher(text);
        int from = 0;
        while (tag.find(from)) {
            from = tag.end();
            if (tag.group(1) == null) {
                continue;
            }
            String name = tag.group(1).toLowerCase(Locale.ROOT);
            Map<String, String> attributes = attributes(tag.group(2));
            if (name.equals("script")) {
                int end = text.indexOf("</script>", from);
                String source = attributes.get("src");
                if (source != null) {
                    load(source);
                } else {
                    scripts.add(new Script("/" + path + "#" + scripts.size(), text.substring(from, end)));
                }
                from = end;
            } else if (name.equals("title")) {
                int end = text.indexOf("</title>", from);
                title = text.substring(from, end).trim();
                from = end;
            }
            elements.add(new Element(name, attributes));
        }
    }

    private static Map<String, String> attributes(String text) {
        Map<String, String> attributes = new LinkedHashMap<>();
        Matcher matcher = ATTRIBUTE.matcher(text);
        while (matcher.find()) {
            String value = first(matcher.group(2), matcher.group(3), matcher.group(4));
            attributes.put(matcher.group(1).toLowerCase(Locale.ROOT), value);
        }
        return attributes;
    }

    private static String first(@Nullable String... values) {
        for (String value : values) {
            if (value != null) {
                return value;
            }
        }
        return "";
    }

    /** What wptserve would serve under an address; null if there is no such file. */
    static @Nullable Path locate(Path root, String base, String address) {
        String relative = address.startsWith("/") ? address.substring(1) : base + address;
        if (relative.equals("resources/WebIDLParser.js")) {
            relative = "resources/webidl2/lib/webidl2.js";
        }
        Path found = root.resolve(relative).normalize();
        return found.startsWith(root) && Files.isRegularFile(found) ? found : null;
    }

    private void load(String source) throws IOException {
        Path found = locate(root, path.substring(0, path.lastIndexOf('/') + 1), source);
        if (found == null) {
            // A page goes on without a script that is not there.
            return;
        }
        String name = "/" + root.relativize(found).toString().replace('\\', '/');
        scripts.add(
                switch (name) {
                    // Each implementation supplies these two itself.
                    case "/resources/testharnessreport.js" -> new Script(Page.REPORT, "");
                    case "/resources/testdriver-vendor.js" -> new Script(Page.DRIVER, "");
                    default -> new Script(name, Files.readString(found));
                });
    }
}

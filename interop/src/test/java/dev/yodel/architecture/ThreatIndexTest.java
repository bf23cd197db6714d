package dev.yodel.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Which tests prove which threat and fault away: a test carries the row's id in its name. Which rows belong to which part
 * of the project stands in {@code threat-rows.txt}. The list is written to {@code target/threat-index.md}; a row without
 * a test fails the build if its part is required, else it is printed.
 */
class ThreatIndexTest {
    /** A line of {@code threat-rows.txt}. */
    private record Part(String name, boolean required, Set<String> rows) {}

    private static final Pattern TEST_METHOD = Pattern.compile("\\bvoid\\s+(\\w+)\\s*\\(");
    private static final Pattern ID = Pattern.compile("(?<![A-Za-z0-9])([A-Z][0-9]{2})(?=_)|_([A-Z][0-9]{2})(?=_)");

    @Test
    void everyRequiredRowHasATest() throws IOException {
        Map<String, List<String>> tests = testsById();
        List<Part> parts = parts();
        Path target = Path.of("target");
        Files.createDirectories(target);
        Files.writeString(target.resolve("threat-index.md"), report(parts, tests));

        Set<String> failures = new TreeSet<>();
        for (Part part : parts) {
            Set<String> missing = new TreeSet<>(part.rows());
            missing.removeAll(tests.keySet());
            if (part.required()) {
                missing.forEach(row -> failures.add(row + " (" + part.name() + ")"));
            } else if (!missing.isEmpty()) {
                System.out.println(
                        "threat-rows.txt, " + part.name() + ": no test yet for " + String.join(" ", missing));
            }
        }
        assertThat(failures)
                .as("rows without a test; write one whose name begins with the id, such as I04_clientHelloRace")
                .isEmpty();
    }

    private static List<Part> parts() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                ThreatIndexTest.class.getResourceAsStream("/threat-rows.txt"), "threat-rows.txt")) {
            List<Part> parts = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList()) {
                String[] words = line.trim().split(" +", 3);
                assertThat(words)
                        .as("a line of threat-rows.txt: name, required or open, rows")
                        .hasSize(3);
                assertThat(words[1]).as("what follows the name of %s", words[0]).isIn("required", "open");
                parts.add(new Part(words[0], words[1].equals("required"), ids(words[2])));
            }
            return parts;
        }
    }

    private static Map<String, List<String>> testsById() {
        Map<String, List<String>> tests = new TreeMap<>();
        for (Path module : SourceTree.modules()) {
            for (Path file : SourceTree.javaFiles(module.resolve("src/test/java"))) {
                String type = file.getFileName().toString().replace(".java", "");
                Matcher methods = TEST_METHOD.matcher(SourceTree.read(file));
                while (methods.find()) {
                    Matcher ids = ID.matcher(methods.group(1));
                    while (ids.find()) {
                        String id = ids.group(1) != null ? ids.group(1) : ids.group(2);
                        tests.computeIfAbsent(id, unused -> new ArrayList<>())
                                .add(module.getFileName() + ": " + type + "." + methods.group(1));
                    }
                }
            }
        }
        return tests;
    }

    private static String report(List<Part> parts, Map<String, List<String>> tests) {
        StringBuilder text = new StringBuilder("# Threats and faults, and the tests that prove them away\n\n");
        Set<String> all = new TreeSet<>(tests.keySet());
        parts.forEach(part -> all.addAll(part.rows()));
        for (String id : all) {
            List<String> names = tests.getOrDefault(id, List.of());
            List<String> of = parts.stream()
                    .filter(part -> part.rows().contains(id))
                    .map(part -> part.name() + (part.required() ? "" : ", open"))
                    .toList();
            text.append("- ").append(id).append(" (").append(of.isEmpty() ? "of no part" : String.join("; ", of));
            text.append(names.isEmpty() ? "): NO TEST\n" : "):\n");
            names.forEach(name -> text.append("  - ").append(name).append('\n'));
        }
        return text.toString();
    }

    /** {@code "I01-I03 J08"} as four ids. */
    private static Set<String> ids(String ranges) {
        Set<String> ids = new TreeSet<>();
        for (String range : ranges.split(" ", -1)) {
            char letter = range.charAt(0);
            int first = Integer.parseInt(range.substring(1, 3));
            int last = range.length() == 3 ? first : Integer.parseInt(range.substring(5));
            for (int i = first; i <= last; i++) {
                ids.add("%c%02d".formatted(letter, i));
            }
        }
        return ids;
    }
}

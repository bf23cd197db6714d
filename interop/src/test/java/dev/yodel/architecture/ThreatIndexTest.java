package dev.yodel.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Which tests prove which threat and fault away: a test carries the row's id in its name. The list is written to
 * {@code target/threat-index.md}, and an id that must be proved and is not fails the build.
 */
class ThreatIndexTest {
    /** The rows that the voice call must withstand. */
    private static final Set<String> REQUIRED = ids(
            "I01-I09 I12-I15 I17 D01-D06 D10-D14 D17 D19 S01-S03 S06-S11 R01-R03 R14 J01-J06 J08-J12 F01 F06-F11 F13"
                    + " F19-F23 F25 F28-F30");

    private static final Pattern TEST_METHOD = Pattern.compile("\\bvoid\\s+(\\w+)\\s*\\(");
    private static final Pattern ID = Pattern.compile("(?<![A-Za-z0-9])([A-Z][0-9]{2})(?=_)|_([A-Z][0-9]{2})(?=_)");

    @Test
    void everyRequiredRowHasATest() throws IOException {
        Map<String, List<String>> tests = testsById();
        Path target = Path.of("target");
        Files.createDirectories(target);
        Files.writeString(target.resolve("threat-index.md"), report(tests));

        Set<String> missing = new TreeSet<>(REQUIRED);
        missing.removeAll(tests.keySet());
        assertThat(missing)
                .as("rows without a test; write one whose name begins with the id, such as I04_clientHelloRace")
                .isEmpty();
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

    private static String report(Map<String, List<String>> tests) {
        StringBuilder text = new StringBuilder("# Threats and faults, and the tests that prove them away\n\n");
        Set<String> all = new TreeSet<>(REQUIRED);
        all.addAll(tests.keySet());
        for (String id : all) {
            List<String> names = tests.getOrDefault(id, List.of());
            text.append("- ").append(id).append(REQUIRED.contains(id) ? "" : " (not required)");
            text.append(names.isEmpty() ? ": NO TEST\n" : ":\n");
            names.forEach(name -> text.append("  - ").append(name).append('\n'));
        }
        return text.toString();
    }

    /** {@code "I01-I03 J08"} as four ids. */
    private static Set<String> ids(String ranges) {
        Set<String> ids = new TreeSet<>();
        for (String range : ranges.isBlank() ? new String[0] : ranges.split(" ", -1)) {
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

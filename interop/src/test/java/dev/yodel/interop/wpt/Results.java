package dev.yodel.interop.wpt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a run gave, beside the baseline: counts, regressions, and the files that show them. */
final class Results {
    static final String IDL = "webrtc/idlharness.https.window.js";
    private static final String IDL_AREA = "idlharness";

    private record Key(String file, String subtest) {}

    private final List<Subtest> baseline;
    private final Map<Key, Page.Outcome> outcomes = new LinkedHashMap<>();
    private final List<String> files = new ArrayList<>();

    Results(List<Subtest> baseline) {
        this.baseline = baseline;
    }

    void add(String file, Map<String, Page.Outcome> of) {
        files.add(file);
        of.forEach((name, outcome) -> outcomes.put(new Key(file, Subtest.escape(name)), outcome));
    }

    private boolean passed(Subtest subtest) {
        Page.Outcome outcome = outcomes.get(new Key(subtest.file(), subtest.name()));
        return outcome != null && outcome.status().equals("PASS");
    }

    private List<Subtest> ran() {
        return baseline.stream().filter(s -> files.contains(s.file())).toList();
    }

    /** One line: how many of the pinned list, of those that both browsers pass, and of idlharness. */
    String summary() {
        List<Subtest> pinned =
                ran().stream().filter(s -> !s.area().equals(IDL_AREA)).toList();
        List<Subtest> both = pinned.stream().filter(Subtest::passesInBoth).toList();
        long idl = outcomes.entrySet().stream()
                .filter(e ->
                        e.getKey().file().equals(IDL) && e.getValue().status().equals("PASS"))
                .count();
        long idlTotal =
                outcomes.keySet().stream().filter(k -> k.file().equals(IDL)).count();
        return "W3C tests: " + count(pinned) + " of " + pinned.size() + " subtests pass ("
                + both.stream().filter(this::passed).count()
                + " of the " + both.size() + " that Chromium and Firefox both pass); Chromium "
                + pinned.stream().filter(Subtest::inChromium).count() + ", Firefox "
                + pinned.stream().filter(Subtest::inFirefox).count() + "; idlharness " + idl + " of " + idlTotal;
    }

    private long count(List<Subtest> subtests) {
        return subtests.stream().filter(this::passed).count();
    }

    /** A table by area. */
    String byArea() {
        Map<String, List<Subtest>> areas = new TreeMap<>();
        for (Subtest subtest : ran()) {
            areas.computeIfAbsent(subtest.area(), k -> new ArrayList<>()).add(subtest);
        }
        StringBuilder table =
                new StringBuilder("| area | subtests | Yodel | Chromium | Firefox |\n|---|---|---|---|---|\n");
        areas.forEach((area, list) -> table.append("| ")
                .append(area)
                .append(" | ")
                .append(list.size())
                .append(" | ")
                .append(count(list))
                .append(" | ")
                .append(list.stream().filter(Subtest::inChromium).count())
                .append(" | ")
                .append(list.stream().filter(Subtest::inFirefox).count())
                .append(" |\n"));
        return table.toString();
    }

    /** Subtests that passed when the baseline was written and do not now. */
    List<String> regressions() {
        return ran().stream()
                .filter(s -> s.expectedToPass() && !passed(s))
                .map(s -> s.file() + ": " + s.name() + " - " + message(s))
                .toList();
    }

    private String message(Subtest subtest) {
        Page.Outcome outcome = outcomes.get(new Key(subtest.file(), subtest.name()));
        return outcome == null ? "not reached" : outcome.status() + " " + outcome.message();
    }

    /** Everything that was reported, and everything of the list that was not. */
    void writeJson(Path target) throws IOException {
        Map<Key, Page.Outcome> all = new LinkedHashMap<>(outcomes);
        for (Subtest subtest : ran()) {
            all.putIfAbsent(
                    new Key(subtest.file(), subtest.name()), new Page.Outcome("NOTRUN", "the test was not reached"));
        }
        List<String> entries = new ArrayList<>();
        all.forEach((key, outcome) -> {
            Map<String, String> entry = new LinkedHashMap<>();
            entry.put("file", key.file());
            entry.put("subtest", Subtest.unescape(key.subtest()));
            entry.put("status", outcome.status());
            entry.put("message", outcome.message());
            entries.add(Json.object(entry));
        });
        Files.createDirectories(target.getParent());
        Files.writeString(target, "[\n" + String.join(",\n", entries) + "\n]\n", StandardCharsets.UTF_8);
    }

    /** The baseline that this run would give. */
    void writeBaseline(Path target) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Subtest subtest : baseline) {
            if (subtest.area().equals(IDL_AREA) && files.contains(IDL)) {
                continue;
            }
            lines.add(
                    files.contains(subtest.file())
                            ? subtest.with(passed(subtest)).line()
                            : subtest.line());
        }
        outcomes.forEach((key, outcome) -> {
            if (key.file().equals(IDL)) {
                lines.add(new Subtest(key.file(), key.subtest(), IDL_AREA, "-", "-", "FAIL")
                        .with(outcome.status().equals("PASS"))
                        .line());
            }
        });
        Files.writeString(target, String.join("\n", lines) + "\n", StandardCharsets.UTF_8);
    }
}

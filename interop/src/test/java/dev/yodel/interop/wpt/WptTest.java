package dev.yodel.interop.wpt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.loop.NioEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The W3C's tests for WebRTC against the public API. They are not part of this repository: {@code -Dwpt.dir=DIR} names a
 * checkout of web-platform-tests, {@code -Dwpt.filter=GLOB} some of its files. See docs/w3c.md.
 */
@Tag("wpt")
class WptTest {
    private static final List<String> DEFINITIONS = List.of(
            "webrtc",
            "webrtc-stats",
            "webrtc-priority",
            "webrtc-svc",
            "webrtc-extensions",
            "mediacapture-streams",
            "mst-content-hint");

    private static final String NO_TESTS =
            "The W3C's tests were not run: -Pwpt -Dwpt.dir=DIR names a checkout of them, see docs/w3c.md";

    @Test
    void noSubtestThatPassedBeforeFails() throws Exception {
        String folder = System.getProperty("wpt.dir", "");
        if (folder.isEmpty()) {
            System.out.println(NO_TESTS);
        }
        Assumptions.assumeFalse(folder.isEmpty(), NO_TESTS);
        Path root = Path.of(folder).toAbsolutePath().normalize();
        assertThat(root.resolve("resources/testharness.js"))
                .as("-Dwpt.dir must be the root of web-platform-tests")
                .exists();
        Results results = new Results(baseline());
        Path target = Path.of("target", "wpt.json");
        run(root, results, System.getProperty("wpt.filter", ""));
        results.writeJson(target);
        System.out.println(results.byArea());
        System.out.println(results.summary());
        String write = System.getProperty("wpt.write", "");
        if (!write.isEmpty()) {
            results.writeBaseline(Path.of(write));
        }
        assertThat(results.regressions())
                .as("subtests that passed before; all results are in " + target)
                .isEmpty();
    }

    private static List<Subtest> baseline() throws IOException {
        return resource("baseline.tsv").lines().map(Subtest::parse).toList();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(WptTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void run(Path root, Results results, String filter) throws Exception {
        boolean verbose = !filter.isEmpty();
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "wpt media");
            thread.setDaemon(true);
            return thread;
        });
        try (Engine engine = Engine.newBuilder("js")
                        .option("engine.WarnInterpreterOnly", "false")
                        .out(Page.nowhere())
                        .err(Page.nowhere())
                        .build();
                NioEnvironment environment = NioEnvironment.builder().loops(1).start()) {
            Page.Suite suite = new Page.Suite(
                    engine,
                    environment,
                    new ApiClasses(),
                    clock,
                    definitions(root, engine),
                    Integer.getInteger("wpt.timeoutMultiplier", 1));
            for (String path : files(root, filter)) {
                long start = System.nanoTime();
                Page page = new Page(TestFile.read(root, path), root, suite);
                page.run();
                results.add(path, page.outcomes());
                if (verbose || !page.harness().equals("OK")) {
                    System.out.println(
                            path + ": " + page.harness() + ", " + (System.nanoTime() - start) / 1_000_000 + " ms");
                }
                if (verbose) {
                    page.outcomes()
                            .forEach((name, outcome) ->
                                    System.out.println("  " + outcome.status() + " " + name + " " + outcome.message()));
                }
            }
        } finally {
            clock.shutdownNow();
        }
    }

    private static Set<String> files(Path root, String filter) throws IOException {
        Set<String> files = new LinkedHashSet<>();
        if (filter.isEmpty()) {
            baseline().forEach(subtest -> files.add(subtest.file()));
            files.add(Results.IDL);
            return files;
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + filter);
        List<Path> folders = new ArrayList<>();
        try (Stream<Path> top = Files.list(root)) {
            top.filter(p -> p.getFileName().toString().startsWith("webrtc")).forEach(folders::add);
        }
        for (Path folder : folders) {
            try (Stream<Path> tree = Files.walk(folder)) {
                tree.map(root::relativize)
                        .filter(p ->
                                p.toString().endsWith(".html") || p.toString().endsWith(".window.js"))
                        .filter(matcher::matches)
                        .map(p -> p.toString().replace('\\', '/'))
                        .sorted()
                        .forEach(files::add);
            }
        }
        return files;
    }

    /** The suite's own WebIDL files, parsed by its own parser, as JSON. */
    private static String definitions(Path root, Engine engine) throws IOException {
        try (Context context = Page.newContext(engine)) {
            context.eval("js", Files.readString(root.resolve("resources/webidl2/lib/webidl2.js")));
            Value parse = context.eval("js", "text => JSON.stringify(WebIDL2.parse(text)).slice(1, -1)");
            List<String> parts = new ArrayList<>();
            for (String name : DEFINITIONS) {
                Path file = root.resolve("interfaces/" + name + ".idl");
                if (Files.exists(file)) {
                    parts.add(parse.execute(Files.readString(file)).asString());
                }
            }
            parts.add(parse.execute(resource("extensions.idl")).asString());
            return "[" + String.join(",", parts) + "]";
        }
    }
}

package dev.yodel.media.opus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which native library is taken, each time in a JVM of its own, as it is bound for good. */
class OpusNativesTest {
    private static final String WITHOUT_SYSTEM = "-D" + Opus.ONLY_PROPERTY + "=bundled";

    private static List<String> run(String classPath, String... options) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath));
        command.addAll(List.of(options));
        command.add(OpusRoundTrip.class.getName());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said.lines().toList();
    }

    private static String classPathWithout(String name) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains(name))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void theNativesOfOpusJavaEncodeAndDecode() throws Exception {
        List<String> lines = run(System.getProperty("java.class.path"), WITHOUT_SYSTEM);
        assertThat(lines.get(0)).startsWith("libopus ").endsWith(" from opus-java");
        assertThat(lines.get(1)).startsWith("energy ");
        assertThat(Double.parseDouble(lines.get(1).substring(7))).isBetween(0.7, 1.4);
    }

    @Test
    void withoutThemTheErrorListsWhatWasTried() throws Exception {
        List<String> lines = run(classPathWithout("opus-java"), WITHOUT_SYSTEM);
        assertThat(lines.get(0))
                .contains("no libopus; tried", Opus.ONLY_PROPERTY, "opus-java's /natives/", "Install it");
        assertThat(lines.get(1)).startsWith("refused: no libopus; tried");
    }

    @Test
    void withoutJnaTheErrorSaysSo() throws Exception {
        List<String> lines = run(classPathWithout("jna"));
        assertThat(lines.get(0)).contains("no libopus; tried JNA (");
        assertThat(lines.get(1)).startsWith("refused: ");
    }
}

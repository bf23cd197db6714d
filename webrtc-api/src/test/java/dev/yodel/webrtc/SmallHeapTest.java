package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** THREATS F31: fifty connections with sound and pictures in a heap of 64 MiB. */
class SmallHeapTest {
    @Test
    void F31_fiftySessionsFitASmallHeap() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallHeapCalls.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        System.out.println("64 MiB, 50 connections: " + said.strip().replace("\n", ", "));
        List<String> lines = said.lines()
                .filter(line -> line.startsWith("sounds ") || line.startsWith("pictures "))
                .toList();
        assertThat(lines).as(said).hasSize(2);
        assertThat(Long.parseLong(lines.get(0).split(" ", -1)[1])).as(said).isGreaterThan(9_000);
        assertThat(Long.parseLong(lines.get(1).split(" ", -1)[1])).as(said).isGreaterThan(2_700);
    }
}

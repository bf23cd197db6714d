package dev.yodel.interop.browser;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs that the build cannot bring along. Where it is missing, the test is skipped and says why; with
 * {@code -Dinterop.required=true} it fails, so that a machine which must run everything cannot pass by leaving out.
 */
public final class Requirements {
    private Requirements() {}

    /**
     * Finds the first of several programs on the path.
     *
     * @param names in order of preference
     * @return its path
     */
    public static Path program(String... names) {
        final Path found = find(names);
        return found != null ? found : missing("none of these programs is installed: " + String.join(", ", names));
    }

    private static @Nullable Path find(String... names) {
        final String path = System.getenv().getOrDefault("PATH", "");
        for (final String name : names) {
            for (final String folder : List.of(path.split(File.pathSeparator))) {
                final Path candidate = Path.of(folder.isEmpty() ? "." : folder, name);
                if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                    return candidate;
                }
            }
        }
        return null;
    }

    /**
     * Finds a program that the whole check does not install: where it is missing, the test is skipped even if
     * everything is required.
     *
     * @param name of the program
     * @return its path
     */
    public static Path optionalProgram(String name) {
        final Path found = find(name);
        Assumptions.assumeTrue(found != null, name + " is not installed, and not required");
        return Objects.requireNonNull(found);
    }

    /**
     * Needs a file, such as an interpreter at a fixed place.
     *
     * @param file an absolute path
     * @return the file
     */
    public static Path file(String file) {
        return Files.isExecutable(Path.of(file)) ? Path.of(file) : missing(file + " is not there");
    }

    /**
     * A command that downloads: tests run in a network of their own, which ends at this machine (src/test/isolated).
     *
     * @param command program and arguments
     * @return what runs it in the network outside
     */
    public static List<String> outside(List<String> command) {
        final String network = System.getenv("YODEL_OUTER_NETWORK");
        if (network == null) {
            return command;
        }
        final List<String> outside = new ArrayList<>(List.of("nsenter", "--net=" + network));
        outside.addAll(command);
        return outside;
    }

    /**
     * A command that may not put its threads before those of everybody else, as a user's may not. A browser that may,
     * which root's may, does so for its own media: on a machine with fewer cores than browsers a server beside them
     * then gets its turn so late that their bandwidth estimation takes it for a slow network.
     *
     * @param command program and arguments
     * @return what runs it without that right, where this process has it
     */
    static List<String> withoutPriority(List<String> command) {
        final Path setpriv = find("setpriv");
        if (setpriv == null || !Capabilities.has(Capabilities.SYS_NICE) || !Capabilities.has(Capabilities.SETPCAP)) {
            return command;
        }
        final List<String> without = new ArrayList<>(List.of(setpriv.toString(), "--bounding-set=-sys_nice"));
        without.addAll(command);
        return without;
    }

    /**
     * Needs a command to succeed within ten seconds.
     *
     * @param purpose what it shows, for the reason
     * @param command program and arguments
     */
    public static void succeeds(String purpose, String... command) {
        try {
            final Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                missing(purpose + ": " + String.join(" ", command) + " did not end within 10 s");
            } else if (process.exitValue() != 0) {
                missing(purpose + ": " + String.join(" ", command) + " ended with " + process.exitValue());
            }
        } catch (IOException e) {
            missing(purpose + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /**
     * Skips the running test, or fails it where everything is required.
     *
     * @param reason what is missing
     * @param <T> whatever the caller must return
     * @return never
     */
    @SuppressWarnings("TypeParameterUnusedInFormals") // It never returns, so any type will do.
    public static <T> T missing(String reason) {
        if (Boolean.getBoolean("yodel.interop.required")) {
            Assertions.fail("required by -Dinterop.required=true, but " + reason);
        }
        Assumptions.abort(reason);
        throw new IllegalStateException(reason);
    }
}

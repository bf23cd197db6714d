package dev.yodel.examples.demo;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.yodel.examples.Yodel;
import dev.yodel.examples.call.CallProgress;
import dev.yodel.examples.call.CallResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A JVM of its own that runs {@code yodel call --json}; its lines are read as they come. */
final class CallProcess implements AutoCloseable {
    private final Process process;
    private final Path errors;
    private final CompletableFuture<@Nullable CallResult> result = new CompletableFuture<>();

    private CallProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
    }

    /**
     * Starts one.
     *
     * @param arguments of {@code yodel}, beginning with {@code call}
     * @param errors the file its standard error goes to
     * @param progress gets a line a second
     */
    static CallProcess start(List<String> arguments, Path errors, Consumer<CallProgress> progress) throws IOException {
        final List<String> command = new ArrayList<>(java());
        command.addAll(arguments);
        final Process process = new ProcessBuilder(command)
                .redirectError(errors.toFile())
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        process.getOutputStream().close();
        final CallProcess call = new CallProcess(process, errors);
        final Thread reader = new Thread(() -> call.read(progress), "yodel-demo-reader");
        reader.setDaemon(true);
        reader.start();
        return call;
    }

    /** This Java, and the jar or the classes that this JVM runs from. */
    private static List<String> java() {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Two calls share the machine with their judge: small heaps, one thread of garbage collection, and compilers
        // that leave the first seconds of a short call to the call.
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-Djava.awt.headless=true"));
        final Path jar = codeSource();
        if (jar != null && Files.isRegularFile(jar) && jar.toString().endsWith("yodel.jar")) {
            command.addAll(List.of("-jar", jar.toString()));
        } else {
            if (Runtime.version().feature() >= 22) {
                command.add("--enable-native-access=ALL-UNNAMED");
            }
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Yodel.class.getName()));
        }
        return command;
    }

    private static @Nullable Path codeSource() {
        try {
            final CodeSource source = Yodel.class.getProtectionDomain().getCodeSource();
            final URI uri = source == null || source.getLocation() == null
                    ? null
                    : source.getLocation().toURI();
            return uri == null ? null : Path.of(uri);
        } catch (URISyntaxException | IllegalArgumentException e) {
            return null;
        }
    }

    private void read(Consumer<CallProgress> progress) {
        final Gson gson = new Gson();
        CallResult last = null;
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("{\"second\":")) {
                    progress.accept(gson.fromJson(line, CallProgress.class));
                } else if (line.startsWith("{\"ok\":")) {
                    last = gson.fromJson(line, CallResult.class);
                }
            }
        } catch (IOException | JsonParseException e) {
            // What it could not say counts as not said.
            result.complete(null);
        } finally {
            result.complete(last);
        }
    }

    /**
     * Waits for the end of the call.
     *
     * @param seconds at most
     * @return how it went; a failed result if the process said nothing
     */
    CallResult await(long seconds) throws InterruptedException {
        CallResult said = null;
        String reason = "the process said nothing";
        try {
            said = result.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            reason = "the process did not end within " + seconds + " s";
        }
        if (said != null) {
            return said;
        }
        return new CallResult(
                false,
                1,
                reason + errorText(),
                new CallResult.Setup(null, null, null, null, null, null),
                null,
                null,
                null,
                0,
                0,
                0,
                null,
                null,
                0,
                0);
    }

    String errorText() {
        try {
            final String text = Files.readString(errors).trim();
            return text.isEmpty() ? "" : ": " + text.substring(0, Math.min(2_000, text.length()));
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(3, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

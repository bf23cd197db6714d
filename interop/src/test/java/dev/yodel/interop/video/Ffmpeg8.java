package dev.yodel.interop.video;

import dev.yodel.interop.browser.Requirements;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * FFmpeg 8 and newer, whose WHIP muxer and AV1 packetizer Debian 12 does not have: unpacked from a jar of Maven
 * Central, run as a program.
 */
public final class Ffmpeg8 implements AutoCloseable {
    private static final String FOLDER = "org/bytedeco/ffmpeg/linux-x86_64/";

    private final Process process;
    private final Path log;

    private Ffmpeg8(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Runs it, or skips the test where it does not run: another machine, or a library that is missing.
     *
     * @param program where it is unpacked, the first time: 65 MB, so one folder for a class
     * @param folder where its log is written
     * @param arguments its command line
     * @return the running program
     */
    public static Ffmpeg8 start(Path program, Path folder, String... arguments) {
        try {
            unpack(program);
            final Path log = folder.resolve("ffmpeg.log");
            Requirements.succeeds(
                    "FFmpeg 8",
                    "env",
                    "LD_LIBRARY_PATH=" + program,
                    program.resolve("ffmpeg").toString(),
                    "-version");
            final List<String> command =
                    new ArrayList<>(List.of(program.resolve("ffmpeg").toString(), "-hide_banner"));
            command.addAll(List.of(arguments));
            final ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("LD_LIBRARY_PATH", program.toString());
            return new Ffmpeg8(
                    builder.redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .redirectInput(ProcessBuilder.Redirect.from(
                                    Path.of("/dev/null").toFile()))
                            .start(),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void unpack(Path folder) throws IOException {
        if (Files.exists(folder.resolve("ffmpeg"))) {
            return;
        }
        final URL program = Ffmpeg8.class.getClassLoader().getResource(FOLDER + "ffmpeg");
        if (program == null || !(program.openConnection() instanceof JarURLConnection connection)) {
            Requirements.missing("no FFmpeg 8 for this machine on the class path");
            return;
        }
        final JarFile jar = connection.getJarFile();
        for (final JarEntry entry : Collections.list(jar.entries())) {
            final String name = entry.getName();
            // What is called libjni… is for Java programs.
            if (name.startsWith(FOLDER)
                    && !entry.isDirectory()
                    && !name.contains("/libjni")
                    && !name.endsWith("ffprobe")) {
                try (InputStream in = jar.getInputStream(entry)) {
                    Files.copy(in, folder.resolve(name.substring(FOLDER.length())));
                }
            }
        }
        if (!folder.resolve("ffmpeg").toFile().setExecutable(true)) {
            Requirements.missing("programs cannot be run from " + folder);
        }
    }

    /** Ends it as Ctrl-C does. */
    public void interrupt() {
        process.destroy();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Whether it ends well within some seconds. */
    boolean endsWithin(int seconds) throws InterruptedException {
        return process.waitFor(seconds, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    /**
     * Its log.
     *
     * @return everything so far
     */
    public String said() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

package dev.yodel.benchmarks;

import dev.yodel.srtp.SrtpProfile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The C library's cost for the same work, in a process of its own that runs a block whenever it is asked to. */
final class Libsrtp implements AutoCloseable {
    private final Process process;
    private final Writer input;
    private final BufferedReader output;

    private Libsrtp(Process process) {
        this.process = process;
        input = process.outputWriter(StandardCharsets.US_ASCII);
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** Compiles the program; null, and a line on the console, where there is no compiler or library. */
    static @Nullable Path compile() throws IOException, InterruptedException {
        return compile("libsrtp_cost");
    }

    /** Compiles one of the C programs beside this class. */
    static @Nullable Path compile(String name) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("yodel-libsrtp");
        Path source = directory.resolve(name + ".c");
        try (InputStream in = Libsrtp.class.getResourceAsStream(name + ".c")) {
            if (in == null) {
                throw new IOException(name + ".c is not on the class path");
            }
            Files.write(source, in.readAllBytes());
        }
        Path program = directory.resolve(name);
        try {
            int result = new ProcessBuilder(
                            "cc", "-O2", "-o", program.toString(), source.toString(), "-lsrtp2", "-lpthread")
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("cc.log").toFile())
                    .start()
                    .waitFor();
            if (result == 0) {
                return program;
            }
            System.out.println("without libsrtp: " + Files.readString(directory.resolve("cc.log")));
        } catch (IOException noCompiler) {
            System.out.println("without libsrtp: " + noCompiler.getMessage());
        }
        return null;
    }

    /** The program that sends to many, to the sockets of the caller. */
    static Libsrtp fanOut(
            Path program, SrtpProfile profile, int payload, int block, List<InetSocketAddress> subscribers)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                profile == SrtpProfile.AES_CM_128_HMAC_SHA1_80 ? "cm" : "gcm128",
                Integer.toString(payload),
                Integer.toString(block)));
        subscribers.forEach(address -> command.add(Integer.toString(address.getPort())));
        return new Libsrtp(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    static Libsrtp start(Path program, SrtpProfile profile, int payload, int block) throws IOException {
        String name =
                switch (profile) {
                    case AES_CM_128_HMAC_SHA1_80 -> "cm";
                    case AEAD_AES_128_GCM -> "gcm128";
                    case AEAD_AES_256_GCM -> "gcm256";
                };
        return new Libsrtp(
                new ProcessBuilder(program.toString(), name, Integer.toString(payload), Integer.toString(block))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    /** Runs a block. */
    long nanosPerPacket() throws IOException {
        input.write("go\n");
        input.flush();
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the C program ended");
        }
        return Long.parseLong(line);
    }

    @Override
    public void close() {
        process.destroy();
    }
}

package dev.yodel.examples.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.Shell;
import dev.yodel.examples.YodelProcess;
import dev.yodel.examples.signal.SignalServer;
import dev.yodel.examples.web.OriginRule;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code yodel send} and {@code yodel receive}. */
class TransferTest {
    @TempDir
    private Path folder;

    private SignalServer server;

    @BeforeEach
    void start() throws Exception {
        server = SignalServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), OriginRule.OWN_PAGES);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String signal() {
        return "ws://" + server.page().getAuthority();
    }

    private static Path random(Path file, int bytes, long seed) throws IOException {
        Files.createDirectories(file.getParent());
        final byte[] data = new byte[bytes];
        new Random(seed).nextBytes(data);
        return Files.write(file, data);
    }

    private static String codeOf(String out) {
        return out.lines()
                .filter(line -> line.startsWith("code: "))
                .findFirst()
                .orElseThrow()
                .substring(6);
    }

    private List<Path> hidden(Path out) throws IOException {
        try (Stream<Path> all = Files.list(out)) {
            return all.filter(path -> path.getFileName().toString().startsWith("."))
                    .toList();
        }
    }

    @Test
    void filesAndFoldersArriveAndNothingIsOverwritten() throws Exception {
        final Path tree = folder.resolve("tree");
        random(tree.resolve("a.bin"), 3_000_000, 1);
        random(tree.resolve("deep/er/b.bin"), 100_001, 2);
        Files.createDirectories(tree.resolve("empty"));
        Files.createFile(tree.resolve("deep/nothing"));
        final Path single = random(folder.resolve("single.txt"), 5, 3);
        final Path out = folder.resolve("out");
        Files.createDirectories(out);
        Files.writeString(out.resolve("single.txt"), "mine");
        final Shell send =
                Shell.start("send", tree.toString(), single.toString(), "--signal", signal(), "--wait", "40");
        send.awaitOut("code: ");
        final Shell receive =
                Shell.run("receive", codeOf(send.out()), "--signal", signal(), "--out", out.toString(), "--wait", "40");
        assertThat(receive.exitCode()).as(receive.out() + receive.err()).isZero();
        assertThat(send.exitCode()).as(send.out() + send.err()).isZero();
        assertThat(send.lastLine()).contains("hashes agree");
        assertThat(out.resolve("tree/a.bin")).hasSameBinaryContentAs(tree.resolve("a.bin"));
        assertThat(out.resolve("tree/deep/er/b.bin")).hasSameBinaryContentAs(tree.resolve("deep/er/b.bin"));
        assertThat(out.resolve("tree/deep/nothing")).isEmptyFile();
        assertThat(out.resolve("tree/empty")).isEmptyDirectory();
        assertThat(out.resolve("single.txt")).hasContent("mine");
        assertThat(out.resolve("single (1).txt")).hasSameBinaryContentAs(single);
        assertThat(Files.getLastModifiedTime(out.resolve("tree/a.bin")).toMillis())
                .isEqualTo(Files.getLastModifiedTime(tree.resolve("a.bin")).toMillis());
        assertThat(hidden(out)).isEmpty();
    }

    /** The receiver is killed in the middle, and another process goes on where it stopped. */
    @Test
    void aKilledReceiverGoesOn() throws Exception {
        final Path file = random(folder.resolve("in/large.bin"), 96_000_000, 4);
        final Path out = folder.resolve("out");
        Files.createDirectories(out);
        final Shell send = Shell.start("send", file.toString(), "--signal", signal(), "--wait", "60");
        send.awaitOut("code: ");
        final String[] command = {
            "receive", codeOf(send.out()), "--signal", signal(), "--out", out.toString(), "--wait", "60"
        };
        long kept;
        try (YodelProcess first = YodelProcess.start(command)) {
            first.await("connected");
            final Path part = partOf(out, 2_000_000);
            first.kill();
            kept = Files.size(part);
            assertThat(kept).as("killed in the middle").isLessThan(96_000_000);
        }
        try (YodelProcess second = YodelProcess.start(command)) {
            second.await("hashes agree");
            assertThat(second.exitCode()).isZero();
        }
        assertThat(send.exitCode()).as(send.out() + send.err()).isZero();
        assertThat(send.out()).contains("broken off");
        assertThat(out.resolve("large.bin")).hasSameBinaryContentAs(file);
        assertThat(hidden(out)).isEmpty();
    }

    private Path partOf(Path out, long bytes) throws Exception {
        final long deadline = System.nanoTime() + 40_000_000_000L;
        while (System.nanoTime() < deadline) {
            for (final Path hidden : hidden(out)) {
                final Path part = hidden.resolve("0.part");
                if (Files.exists(part) && Files.size(part) >= bytes) {
                    return part;
                }
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("no part of " + bytes + " bytes came");
    }

    @Test
    void pathsThatLeadOutAreRefused() throws Exception {
        final TransferFolder target = new TransferFolder(folder.resolve("t"), "0123456789abcdef");
        for (final String path : List.of(
                "../x",
                "/x",
                "a/../../x",
                "a//b",
                "",
                "/",
                ".",
                "a/./b",
                "a\\b",
                "c:x",
                "a\0b",
                "a\nb",
                ".yodel-1/stored",
                "x".repeat(300),
                "a/".repeat(70) + "b")) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> target.target(path)))
                    .as(path)
                    .isInstanceOf(IOException.class);
        }
        Files.createSymbolicLink(folder.resolve("t/link"), folder);
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> target.target("link/x")))
                .isInstanceOf(IOException.class);
        assertThat(target.target("a/b c.txt").toString()).endsWith("b c.txt");
    }

    @Test
    void whatIsTypedWrongIsAUsageError() {
        assertThat(Shell.run("receive", "abc", "--signal", signal()).exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Shell.run("receive", "abcd-2345", "--signal", "nowhere").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Shell.run("send", folder.resolve("none").toString(), "--signal", signal())
                        .exitCode())
                .isEqualTo(ExitCode.FAILED);
        assertThat(TransferCode.parse("ABCD 2345")).isEqualTo("abcd-2345");
        assertThat(TransferCode.parse(TransferCode.fresh())).isNotNull();
    }
}

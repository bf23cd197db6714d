package dev.yodel.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the commands say and return, run in this JVM. */
class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        final CommandLine line = Yodel.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    @Test
    void doctorNamesWhatCallsNeed() {
        assertThat(run("doctor")).isEqualTo(ExitCode.OK);
        for (final String topic :
                List.of("java", "machine", "network", "buffers", "opus", "microphone", "speaker", "display")) {
            assertThat(out.toString()).contains(topic);
        }
        assertThat(out.toString()).contains("UDP works").contains("This machine can make calls.");
    }

    @Test
    void wrongCommandLinesAreUsageErrors() {
        assertThat(run("sing")).isEqualTo(ExitCode.USAGE);
        assertThat(run("signal", "--port", "many")).isEqualTo(ExitCode.USAGE);
        assertThat(run("signal", "--port", "70000")).isEqualTo(ExitCode.USAGE);
        assertThat(run("doctor", "--stun", "nowhere")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("sing")
                .contains("many")
                .contains("65535")
                .contains("HOST:PORT");
    }

    @Test
    void helpListsTheCommands() {
        for (String help : List.of("--help", "help")) {
            out.getBuffer().setLength(0);
            assertThat(run(help)).isEqualTo(ExitCode.OK);
            assertThat(out.toString()).contains("signal").contains("doctor");
        }
        assertThat(run("help", "rooms")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("--max-people");
    }

    @Test
    void portInUseIsSaidPlainly() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run("signal", "--listen", "127.0.0.1", "--port", Integer.toString(taken.getLocalPort())))
                    .isEqualTo(ExitCode.FAILED);
            assertThat(err.toString()).contains("cannot listen on");
        }
    }
}

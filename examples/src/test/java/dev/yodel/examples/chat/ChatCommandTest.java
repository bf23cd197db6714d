package dev.yodel.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.Shell;
import dev.yodel.examples.YodelProcess;
import dev.yodel.examples.signal.SignalServer;
import dev.yodel.examples.web.OriginRule;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** {@code yodel chat}: two of them, each in a JVM of its own. */
class ChatCommandTest {
    @Test
    void linesGoBothWaysUntilTheInputEnds() throws Exception {
        try (SignalServer server = SignalServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), OriginRule.OWN_PAGES);
                YodelProcess one = YodelProcess.start("chat", server.room("r").toString(), "--wait", "40");
                YodelProcess two = YodelProcess.start("chat", server.room("r").toString(), "--wait", "40")) {
            one.await("* connected");
            two.await("* connected");
            one.type("good morning, größer");
            assertThat(two.await("> ")).isEqualTo("> good morning, größer");
            two.type("and to you");
            two.endInput();
            assertThat(one.await("> ")).isEqualTo("> and to you");
            assertThat(two.exitCode()).isZero();
            assertThat(one.exitCode()).isZero();
        }
    }

    @Test
    void aWrongAddressIsAUsageError() {
        assertThat(Shell.run("chat", "http://localhost/r").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Shell.run("chat", "ws://localhost").exitCode()).isEqualTo(ExitCode.USAGE);
    }
}

package dev.yodel.examples.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.Shell;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnCommandTest {
    private static final String[] BASE = {"turn", "--listen", "127.0.0.1", "--port", "0"};

    private static String[] with(String... more) {
        final String[] all = new String[BASE.length + more.length];
        System.arraycopy(BASE, 0, all, 0, BASE.length);
        System.arraycopy(more, 0, all, BASE.length, more.length);
        return all;
    }

    private static StunMessage ask(int port, int method) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(10_000);
            final byte[] request =
                    StunWriter.request(method, new TransactionId(1, method)).toByteArray();
            socket.send(new DatagramPacket(
                    request, request.length, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
            final DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
            socket.receive(answer);
            final StunMessage message =
                    Objects.requireNonNull(StunMessage.parse(answer.getData(), answer.getOffset(), answer.getLength()));
            if (method == StunMessage.BINDING) {
                assertThat(message.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS))
                        .isEqualTo(socket.getLocalSocketAddress());
            }
            return message;
        }
    }

    /** The port of the first line that begins so. */
    private static int port(Shell shell, String beginning) {
        final String line = shell.out()
                .lines()
                .filter(each -> each.startsWith(beginning))
                .findFirst()
                .orElseThrow(() -> new AssertionError(shell.toString()));
        return Integer.parseInt(line.substring(beginning.length(), line.indexOf('?')));
    }

    @Test
    void servesStunAndAsksForCredentials() throws Exception {
        final Shell shell = Shell.start(with("--user", "alice:sesame", "--realm", "example.test"));
        shell.awaitOut("ready; Ctrl-C ends it");
        final int port = port(shell, "turn:127.0.0.1:");
        ask(port, StunMessage.BINDING);
        final StunMessage challenge = ask(port, 3);
        assertThat(challenge.errorCode()).isEqualTo(401);
        assertThat(challenge.text(StunAttribute.REALM)).isEqualTo("example.test");
        assertThat(shell.out())
                .contains("turn:127.0.0.1:" + port + "?transport=tcp")
                .contains("realm example.test, relay ports 49152 to 65535, peers: public addresses")
                .doesNotContain("sesame")
                .doesNotContain("turns:");
    }

    /** Who trusts the certificate that is told by its fingerprint, and no other, is answered over TLS. */
    @Test
    void speaksTlsWithAKeyOfItsOwn() throws Exception {
        final Shell shell = Shell.start(with("--tls-port", "0", "--user", "alice:sesame", "--realm", "example.test"));
        shell.awaitOut("ready; Ctrl-C ends it");
        final int port = port(shell, "turns:127.0.0.1:");
        final List<X509Certificate> seen = new ArrayList<>();
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Recorder(seen)}, null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(StunWriter.request(StunMessage.BINDING, new TransactionId(1, 2))
                            .toByteArray());
            final byte[] header = socket.getInputStream().readNBytes(StunMessage.HEADER_LENGTH);
            assertThat(header[0]).isEqualTo((byte) 1);
            assertThat(header[1]).isEqualTo((byte) 1);
        }
        final String fingerprint = HexFormat.ofDelimiter(":")
                .withUpperCase()
                .formatHex(
                        MessageDigest.getInstance("SHA-256").digest(seen.get(0).getEncoded()));
        assertThat(shell.out()).contains("SHA-256 " + fingerprint).contains("--tls-keystore");
        assertThat(seen.get(0).getSubjectAlternativeNames().toString()).contains("127.0.0.1");
    }

    /** Takes every certificate, for the test compares it. */
    private static final class Recorder implements X509TrustManager {
        private final List<X509Certificate> seen;

        Recorder(List<X509Certificate> seen) {
            this.seen = seen;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            seen.add(chain[0]);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Test
    void aPortInUseIsSaidPlainly() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            final Shell shell =
                    Shell.run("turn", "--listen", "127.0.0.1", "--port", "" + taken.getLocalPort(), "--user", "a:b");
            assertThat(shell.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(shell.err()).contains("cannot listen on UDP 127.0.0.1 port " + taken.getLocalPort());
        }
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final Shell shell =
                    Shell.run("turn", "--listen", "127.0.0.1", "--port", "" + taken.getLocalPort(), "--user", "a:b");
            assertThat(shell.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(shell.err()).contains("cannot listen on TCP 127.0.0.1 port " + taken.getLocalPort());
        }
        final Shell elsewhere = Shell.run("turn", "--listen", "192.0.2.77", "--port", "0", "--user", "a:b");
        assertThat(elsewhere.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(elsewhere.err()).contains("192.0.2.77");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--realm x|who may relay",
                "--user nocolon|NAME:PASS",
                "--user a:b --secret s|and not both",
                "--user a:b --relay-ports many|--relay-ports",
                "--user a:b --relay-ports 80-90|1024",
                "--user a:b --allow-peer 10.0.0.0/99|0 to 32 bits",
                "--user a:b --external-address nowhere|--external-address takes an IP address",
                "--user a:b --external-address 2001:db8::1|no address of that family",
                "--user a:b --max-kbps -1|--max-kbps",
            })
    void wrongCommandLinesAreUsageErrors(String arguments, String said) {
        final Shell shell = Shell.run(with(arguments.split(" ", -1)));
        assertThat(shell.exitCode()).as("%s", shell).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).contains(said);
    }

    @Test
    void aKeyStoreThatCannotBeReadIsNamed(@TempDir Path folder) throws IOException {
        final Path file = Files.writeString(folder.resolve("broken.p12"), "no keys");
        final Shell shell = Shell.run(with("--user", "a:b", "--tls-port", "0", "--tls-keystore", file.toString()));
        assertThat(shell.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(shell.err()).contains("cannot read the key store").contains("broken.p12");
    }
}

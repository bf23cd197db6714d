package dev.yodel.dtls.bc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.dtls.SeededRandom;
import dev.yodel.io.Bytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against OpenSSL's s_server and s_client over loopback; skipped where there is no openssl, unless it is required. */
class OpenSslInteropTest {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final String PROFILES = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";

    @TempDir
    private @Nullable Path directory;

    private final BlockingQueue<String> output = new LinkedBlockingQueue<>();
    private final BlockingQueue<Runnable> posted = new LinkedBlockingQueue<>();
    private final ArrayDeque<DtlsEvent> events = new ArrayDeque<>();
    private final BitSet lostOfOurs = new BitSet();
    private final BitSet lostOfTheirs = new BitSet();
    private int sent;
    private int received;

    @BeforeEach
    void requireOpenSsl() throws Exception {
        try {
            Process process = new ProcessBuilder("openssl", "version")
                    .redirectErrorStream(true)
                    .start();
            if (process.waitFor() == 0) {
                return;
            }
        } catch (IOException e) {
            if (!Boolean.getBoolean("yodel.interop.required")) {
                abort("openssl is not installed: " + e.getMessage());
            }
        }
        if (Boolean.getBoolean("yodel.interop.required")) {
            fail("openssl is required by -Dyodel.interop.required=true but does not run");
        }
        abort("openssl does not run");
    }

    @Test
    void weConnectToTheirServer() throws Exception {
        interoperate(DtlsRole.CLIENT, ecdsa(), List.of());
    }

    @Test
    void weConnectToTheirServerThatAsksForACookie() throws Exception {
        interoperate(DtlsRole.CLIENT, ecdsa(), List.of("-listen"));
    }

    @Test
    void weConnectToTheirServerWithAnRsaCertificate() throws Exception {
        interoperate(DtlsRole.CLIENT, rsa(), List.of());
    }

    @Test
    void theyConnectToUs() throws Exception {
        interoperate(DtlsRole.SERVER, ecdsa(), List.of());
    }

    @Test
    void theyConnectToUsWithAnRsaCertificateInSmallDatagrams() throws Exception {
        interoperate(DtlsRole.SERVER, rsa(), List.of("-mtu", "400"));
    }

    /** Which of our first four datagrams and of their first four are lost, at most two, in both roles. */
    static Stream<Arguments> losses() {
        List<Arguments> all = new ArrayList<>();
        for (DtlsRole role : DtlsRole.values()) {
            for (int first = 0; first < 8; first++) {
                for (int second = first; second < 8; second++) {
                    all.add(Arguments.of(role, first, second));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("losses")
    @Tag("long")
    void D10_everyPairOfLossesConnects(DtlsRole ourRole, int first, int second) throws Exception {
        lose(first);
        lose(second);
        interoperate(ourRole, ecdsa(), List.of());
    }

    @ParameterizedTest
    @EnumSource(DtlsRole.class)
    void D10_aLostFirstFlightAndALostLastOneConnect(DtlsRole ourRole) throws Exception {
        lose(0);
        lose(5);
        interoperate(ourRole, ecdsa(), List.of());
    }

    private void lose(int position) {
        (position < 4 ? lostOfOurs : lostOfTheirs).set(position % 4);
    }

    /** A certificate of theirs: its two files and its fingerprint. */
    private record Identity(Path certificate, Path key, DtlsFingerprint fingerprint) {}

    private Path file(String name) {
        if (directory == null) {
            throw new IllegalStateException("no directory");
        }
        return directory.resolve(name);
    }

    private Identity ecdsa() throws IOException {
        DtlsCertificate certificate = DtlsCertificate.generate(new SeededRandom(8), System.currentTimeMillis());
        Path certificateFile = pem("CERTIFICATE", certificate.der());
        Path keyFile = pem("PRIVATE KEY", certificate.privateKey().getEncoded());
        return new Identity(certificateFile, keyFile, certificate.fingerprint());
    }

    private Path pem(String kind, byte[] der) throws IOException {
        Path result = file(kind.replace(' ', '-') + ".pem");
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(result, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    }

    private Identity rsa() throws Exception {
        Path certificate = file("rsa.pem");
        Path key = file("rsa-key.pem");
        Process process = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-subj",
                        "/CN=rsa",
                        "-days",
                        "2",
                        "-keyout",
                        key.toString(),
                        "-out",
                        certificate.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isZero();
        String text = Files.readString(certificate);
        String body = text.substring(text.indexOf("-----\n") + 6, text.indexOf("-----END"));
        return new Identity(
                certificate,
                key,
                DtlsFingerprint.of("sha-256", Base64.getMimeDecoder().decode(body)));
    }

    private void interoperate(DtlsRole ourRole, Identity theirs, List<String> more) throws Exception {
        BouncyCastleDtls factory = new BouncyCastleDtls();
        DtlsEndpoint ours = factory.create(
                DtlsOptions.of(HandshakePair.CLIENT_CERTIFICATE),
                HandshakePair.WORKERS,
                new SeededRandom(9),
                new BouncyCastleEngine.Outlet(posted::add, System::nanoTime, () -> {}));
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(loopback, 0))) {
            int theirPort;
            try (DatagramSocket free = new DatagramSocket(new InetSocketAddress(loopback, 0))) {
                theirPort = free.getLocalPort();
            }
            List<String> command = new ArrayList<>();
            if (ourRole == DtlsRole.CLIENT) {
                command.addAll(List.of("openssl", "s_server", "-accept", "127.0.0.1:" + theirPort, "-Verify", "1"));
            } else {
                command.addAll(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + socket.getLocalPort()));
            }
            command.addAll(List.of("-dtls1_2", "-cert", theirs.certificate().toString(), "-key"));
            command.addAll(List.of(theirs.key().toString(), "-use_srtp", PROFILES, "-mtu", "1200"));
            command.addAll(List.of("-keymatexport", "EXTRACTOR-dtls_srtp", "-keymatexportlen", "56"));
            command.addAll(more);
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try {
                read(process);
                if (ourRole == DtlsRole.CLIENT) {
                    await("ACCEPT");
                    socket.connect(loopback, theirPort);
                }
                ours.start(ourRole, List.of(theirs.fingerprint()), 0, System.nanoTime());
                converse(ours, socket, process);
            } finally {
                process.destroy();
            }
        }
    }

    private void converse(DtlsEndpoint ours, DatagramSocket socket, Process process) throws Exception {
        long end = System.nanoTime() + DEADLINE_NANOS;
        while (events.isEmpty() && System.nanoTime() < end) {
            step(ours, socket);
        }
        assertThat(ours.state()).as(events + " " + ours.counters()).isEqualTo(DtlsState.CONNECTED);
        DtlsEvent.Connected connected = (DtlsEvent.Connected) events.remove();
        // They may still miss our last flight, which only a step gives them again.
        String keys = "";
        while (!keys.contains("Keying material: ") && System.nanoTime() < end) {
            step(ours, socket);
            String line = output.poll();
            keys = line == null ? keys : line;
        }
        lostOfOurs.clear();
        lostOfTheirs.clear();
        assertThat(connected.srtpProfile()).isEqualTo(DtlsOptions.SRTP_AEAD_AES_128_GCM);

        process.getOutputStream().write("from openssl\n".getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        byte[] message = "from yodel\n".getBytes(StandardCharsets.US_ASCII);
        assertThat(ours.send(message, 0, message.length, 0)).isTrue();
        while (events.isEmpty() && System.nanoTime() < end) {
            step(ours, socket);
        }
        DtlsEvent.ApplicationData data = (DtlsEvent.ApplicationData) events.element();
        assertThat(new String(data.data(), data.offset(), data.length(), StandardCharsets.US_ASCII))
                .isEqualTo("from openssl\n");
        assertThat(keys.substring(keys.indexOf(':') + 2).trim().toLowerCase(Locale.ROOT))
                .isEqualTo(Bytes.hex(connected.keyingMaterial(), 0, 56));
        await("from yodel");
        ours.close(System.nanoTime());
        step(ours, socket);
    }

    private void step(DtlsEndpoint ours, DatagramSocket socket) throws Exception {
        for (Runnable next = posted.poll(); next != null; next = posted.poll()) {
            next.run();
        }
        ours.handleTimeout(System.nanoTime());
        byte[] buffer = new byte[2000];
        for (int length = ours.pollTransmit(buffer, 0); length > 0; length = ours.pollTransmit(buffer, 0)) {
            assertThat(length).isLessThanOrEqualTo(1200);
            if (!lostOfOurs.get(sent++)) {
                socket.send(new DatagramPacket(buffer, length, socket.getRemoteSocketAddress()));
            }
        }
        for (DtlsEvent event = ours.pollEvent(); event != null; event = ours.pollEvent()) {
            events.add(event);
        }
        socket.setSoTimeout(2);
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        try {
            socket.receive(packet);
            if (!socket.isConnected()) {
                socket.connect(packet.getSocketAddress());
            }
            if (!lostOfTheirs.get(received++)) {
                ours.handleDatagram(packet.getData(), 0, packet.getLength(), System.nanoTime());
            }
        } catch (SocketTimeoutException e) {
            // Nothing came; the caller decides when to give up.
            return;
        }
    }

    private void read(Process process) {
        HandshakePair.WORKERS.execute(() -> {
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
                reader.lines().forEach(output::add);
            } catch (IOException | java.io.UncheckedIOException e) {
                output.add("end: " + e);
            }
        });
    }

    private String await(String wanted) throws InterruptedException {
        List<String> seen = new ArrayList<>();
        while (true) {
            String line = output.poll(DEADLINE_NANOS, TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new AssertionError("openssl never said \"" + wanted + "\" but:\n" + String.join("\n", seen));
            }
            if (line.contains(wanted)) {
                return line;
            }
            seen.add(line);
        }
    }
}

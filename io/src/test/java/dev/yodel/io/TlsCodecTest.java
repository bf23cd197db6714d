package dev.yodel.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.security.KeyStore;
import java.util.Objects;
import java.util.SplittableRandom;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two codecs joined by byte arrays; the key store is made for these tests, for the name localhost, until 2126. */
class TlsCodecTest {
    private static final char[] PASSWORD = "yodel-test".toCharArray();

    private static SSLContext context() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = TlsCodecTest.class.getResourceAsStream("/tls-localhost.p12")) {
            store.load(Objects.requireNonNull(in), PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** Both ends and the wire between them, which cuts bytes at random. */
    private static final class Pair {
        final TlsCodec client;
        final TlsCodec server;
        final SplittableRandom random;
        final int longestPiece;
        final ByteArrayOutputStream atServer = new ByteArrayOutputStream();
        final ByteArrayOutputStream atClient = new ByteArrayOutputStream();
        int tasks;

        Pair(TlsCodec client, TlsCodec server, long seed, int longestPiece) {
            this.client = client;
            this.server = server;
            this.random = new SplittableRandom(seed);
            this.longestPiece = longestPiece;
            client.start();
            server.start();
        }

        void exchange() {
            boolean moved = true;
            while (moved) {
                moved = move(client, server, atClient) || move(server, client, atServer);
            }
        }

        private boolean move(TlsCodec from, TlsCodec to, ByteArrayOutputStream plaintext) {
            boolean moved = false;
            Runnable task = from.pollTask();
            if (task != null) {
                tasks++;
                task.run();
                from.handleTaskDone();
                moved = true;
            }
            byte[] bytes;
            while ((bytes = from.pollOutput()) != null) {
                for (int at = 0; at < bytes.length; ) {
                    int piece = Math.min(bytes.length - at, 1 + random.nextInt(longestPiece));
                    to.handleBytes(bytes, at, piece);
                    at += piece;
                }
                moved = true;
            }
            while ((bytes = from.pollPlaintext()) != null) {
                plaintext.writeBytes(bytes);
                moved = true;
            }
            return moved;
        }
    }

    private static Pair pair(long seed, int longestPiece) throws Exception {
        SSLContext context = context();
        return new Pair(TlsCodec.client(context, "localhost", 443), TlsCodec.server(context), seed, longestPiece);
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3, 1", "TLSv1.3, 100", "TLSv1.3, 100000", "TLSv1.2, 1", "TLSv1.2, 100", "TLSv1.2, 100000"})
    void bytesGoBothWaysInAnySegmentation(String protocol, int longestPiece) throws Exception {
        SSLContext context = context();
        SSLEngine engine = context.createSSLEngine("localhost", 443);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {protocol});
        Pair pair = new Pair(new TlsCodec(engine), TlsCodec.server(context), 1, longestPiece);
        assertThat(pair.client.write(new byte[1], 0, 1)).isZero();
        pair.exchange();
        assertThat(pair.client.state()).isEqualTo(TlsCodec.State.CONNECTED);
        assertThat(pair.server.state()).isEqualTo(TlsCodec.State.CONNECTED);
        assertThat(pair.client.engine().getSession().getProtocol()).isEqualTo(protocol);
        assertThat(pair.tasks).isPositive();

        byte[] data = new byte[200_000];
        pair.random.nextBytes(data);
        int sent = 0;
        while (sent < data.length) {
            int taken = pair.client.write(data, sent, data.length - sent);
            assertThat(taken).isPositive();
            sent += taken;
            pair.exchange();
        }
        assertThat(pair.atServer.toByteArray()).isEqualTo(data);
        pair.server.write(data, 0, 1000);
        pair.exchange();
        assertThat(pair.atClient.size()).isEqualTo(1000);

        pair.client.close();
        pair.exchange();
        assertThat(pair.client.write(data, 0, 1)).isZero();
        pair.server.close();
        pair.exchange();
        assertThat(pair.client.state()).isEqualTo(TlsCodec.State.CLOSED);
        assertThat(pair.server.state()).isEqualTo(TlsCodec.State.CLOSED);
        pair.server.handleEnd();
        assertThat(pair.server.state()).isEqualTo(TlsCodec.State.CLOSED);
    }

    @Test
    void aCertificateForAnotherNameIsRefusedAndThePeerIsTold() throws Exception {
        SSLContext context = context();
        Pair pair = new Pair(TlsCodec.client(context, "turn.example.test", 443), TlsCodec.server(context), 1, 10_000);
        pair.exchange();
        assertThat(pair.client.state()).isEqualTo(TlsCodec.State.FAILED);
        assertThat(pair.client.failure()).contains("turn.example.test");
        assertThat(pair.server.state()).isEqualTo(TlsCodec.State.FAILED);
    }

    @Test
    void truncationIsAFailure() throws Exception {
        Pair pair = pair(2, 1000);
        pair.exchange();
        pair.client.handleEnd();
        assertThat(pair.client.state()).isEqualTo(TlsCodec.State.FAILED);
        assertThat(pair.client.failure()).contains("close_notify");
        pair.client.handleBytes(new byte[10], 0, 10);
        pair.client.close();
        assertThat(pair.client.state()).isEqualTo(TlsCodec.State.FAILED);
    }

    @Test
    void everyFlippedBitOfARecordIsRefused() throws Exception {
        for (int bit = 0; bit < 40; bit++) {
            Pair pair = pair(bit, 1000);
            pair.exchange();
            pair.client.write(new byte[20], 0, 20);
            byte[] record = Objects.requireNonNull(pair.client.pollOutput());
            // Behind the record's header of 5 bytes: its version is ignored (RFC 8446 5.1).
            int at = 40 + bit * 7 % (record.length * 8 - 40);
            record[at >> 3] ^= (byte) (1 << (at & 7));
            pair.server.handleBytes(record, 0, record.length);
            assertThat(pair.server.pollPlaintext()).isNull();
            assertThat(pair.server.state()).as("bit %d", at).isEqualTo(TlsCodec.State.FAILED);
        }
    }

    @Test
    void garbageAndFloodsEndInFailureWithBoundedMemory() throws Exception {
        for (int seed = 0; seed < 25; seed++) {
            TlsCodec server = TlsCodec.server(context());
            server.start();
            byte[] garbage = new byte[5_000];
            new SplittableRandom(seed).nextBytes(garbage);
            server.handleBytes(garbage, 0, garbage.length);
            // Some garbage looks like the beginning of a long record: then it waits for the rest.
            assertThat(server.state()).as("seed %d", seed).isNotEqualTo(TlsCodec.State.CONNECTED);
            assertThat(server.pollPlaintext()).isNull();
        }
        Pair pair = pair(3, 1000);
        byte[] hello = Objects.requireNonNull(pair.client.pollOutput());
        pair.server.handleBytes(hello, 0, hello.length);
        assertThat(pair.server.pollTask()).isNotNull();
        // The task is not run: all that comes has to wait, up to a bound.
        for (int i = 0; i < 200; i++) {
            pair.server.handleBytes(new byte[1_000], 0, 1_000);
        }
        assertThat(pair.server.failure()).contains("could not be decrypted yet");
    }

    @Test
    void aReaderThatDoesNotReadHoldsTheWriterBack() throws Exception {
        Pair pair = pair(4, 10_000);
        pair.exchange();
        byte[] data = new byte[1_000_000];
        int taken = pair.client.write(data, 0, data.length);
        assertThat(taken).isBetween(48 * 1024, 96 * 1024);
        assertThat(pair.client.write(data, 0, 1)).isZero();
    }
}

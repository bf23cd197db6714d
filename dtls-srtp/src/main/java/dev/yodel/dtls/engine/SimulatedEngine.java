package dev.yodel.dtls.engine;

import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.io.Bytes;
import dev.yodel.io.RandomSource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A handshake with the messages of DTLS 1.2 but without cryptography worth the name: the keys are a hash of what was
 * sent in the clear. It checks certificates, SRTP profiles and Finished as the real one does.
 *
 * <pre>{@code
 * client                                     server
 * ClientHello (random, SRTP profiles)  -->
 *                                      <--   ServerHello (random, SRTP profile), Certificate, ServerHelloDone
 * Certificate, ClientKeyExchange, Finished -->
 *                                      <--   Finished
 * }</pre>
 */
public final class SimulatedEngine implements HandshakeEngine {
    private static final int RANDOM_BYTES = 32;
    private static final int VERIFY_DATA_BYTES = 12;
    private static final int KEY_BYTES = 16;
    private static final int SALT_BYTES = 4;

    private final DtlsOptions options;
    private final RandomSource random;
    private final MessageDigest transcript = sha256();
    private final List<HandshakeMessage> flight = new ArrayList<>();
    private @Nullable Results results;
    private DtlsRole role = DtlsRole.CLIENT;
    private List<DtlsFingerprint> remoteFingerprints = List.of();
    private boolean aborted;
    private int nextSeq;
    private int srtpProfile;
    private byte @Nullable [] peerCertificate;
    private byte @Nullable [] secret;
    private byte @Nullable [] expectedFinished;

    /**
     * An engine for one handshake.
     *
     * @param options certificate and SRTP profiles
     * @param random the simulation's randomness
     */
    public SimulatedEngine(DtlsOptions options, RandomSource random) {
        this.options = options;
        this.random = random;
    }

    @Override
    public void start(DtlsRole ourRole, List<DtlsFingerprint> fingerprints, Results listener, long now) {
        role = ourRole;
        remoteFingerprints = fingerprints;
        results = listener;
        if (ourRole == DtlsRole.CLIENT) {
            int count = options.srtpProfiles().size();
            byte[] hello = Arrays.copyOf(random.bytes(RANDOM_BYTES), RANDOM_BYTES + 2 * count);
            for (int i = 0; i < count; i++) {
                Bytes.put16(hello, RANDOM_BYTES + 2 * i, options.srtpProfiles().get(i));
            }
            write(Wire.CLIENT_HELLO, hello);
            send(now);
        }
    }

    @Override
    public void handle(HandshakeMessage message, long now) {
        if (aborted) {
            return;
        }
        if (message.type() != Wire.FINISHED) {
            transcript.update(message.body());
        }
        switch (message.type()) {
            case Wire.CLIENT_HELLO -> handleClientHello(message.body(), now);
            case Wire.SERVER_HELLO -> handleServerHello(message.body(), now);
            case Wire.CERTIFICATE -> handleCertificate(message.body(), now);
            case Wire.SERVER_HELLO_DONE -> handleServerHelloDone(now);
            case Wire.CLIENT_KEY_EXCHANGE -> deriveKeys(now);
            case Wire.FINISHED -> handleFinished(message.body(), now);
            default -> fail(DtlsFailure.HANDSHAKE_FAILED, "unexpected message " + message, Wire.HANDSHAKE_FAILURE, now);
        }
    }

    @Override
    public void abort() {
        aborted = true;
    }

    private void handleClientHello(byte[] body, long now) {
        for (int profile : options.srtpProfiles()) {
            for (int at = RANDOM_BYTES; at + 2 <= body.length && srtpProfile == 0; at += 2) {
                if (Bytes.u16(body, at) == profile) {
                    srtpProfile = profile;
                }
            }
        }
        if (isSrtpMissing(now)) {
            return;
        }
        byte[] hello = Arrays.copyOf(random.bytes(RANDOM_BYTES), RANDOM_BYTES + 2);
        Bytes.put16(hello, RANDOM_BYTES, srtpProfile);
        write(Wire.SERVER_HELLO, hello);
        write(Wire.CERTIFICATE, options.certificate().der());
        write(Wire.SERVER_HELLO_DONE, Bytes.EMPTY);
        send(now);
    }

    private void handleServerHello(byte[] body, long now) {
        if (body.length != RANDOM_BYTES + 2) {
            fail(DtlsFailure.HANDSHAKE_FAILED, "malformed ServerHello", Wire.HANDSHAKE_FAILURE, now);
            return;
        }
        srtpProfile = Bytes.u16(body, RANDOM_BYTES);
        isSrtpMissing(now);
    }

    private boolean isSrtpMissing(long now) {
        if (srtpProfile == 0 && options.srtpRequired()) {
            fail(DtlsFailure.NO_SRTP_PROFILE, "no SRTP protection profile in common", Wire.HANDSHAKE_FAILURE, now);
            return true;
        }
        return false;
    }

    private void handleCertificate(byte[] der, long now) {
        if (!DtlsFingerprint.matches(remoteFingerprints, der)) {
            fail(
                    DtlsFailure.FINGERPRINT_MISMATCH,
                    "the peer's certificate has " + DtlsFingerprint.of("sha-256", der)
                            + " but its description announced " + remoteFingerprints,
                    Wire.BAD_CERTIFICATE,
                    now);
            return;
        }
        peerCertificate = der;
    }

    private void handleServerHelloDone(long now) {
        if (peerCertificate == null) {
            fail(DtlsFailure.HANDSHAKE_FAILED, "the peer showed no certificate", Wire.HANDSHAKE_FAILURE, now);
            return;
        }
        write(Wire.CERTIFICATE, options.certificate().der());
        write(Wire.CLIENT_KEY_EXCHANGE, random.bytes(RANDOM_BYTES));
        deriveKeys(now);
        flight.add(new HandshakeMessage(Wire.FINISHED, nextSeq++, 1, derive("client finished", VERIFY_DATA_BYTES)));
        send(now);
    }

    private void handleFinished(byte[] body, long now) {
        if (peerCertificate == null || !MessageDigest.isEqual(body, expectedFinished)) {
            fail(DtlsFailure.HANDSHAKE_FAILED, "the peer's Finished is wrong", Wire.DECRYPT_ERROR, now);
            return;
        }
        if (role == DtlsRole.SERVER) {
            flight.add(new HandshakeMessage(Wire.FINISHED, nextSeq++, 1, derive("server finished", VERIFY_DATA_BYTES)));
            send(now);
        }
        byte[] keyingMaterial =
                srtpProfile == 0 ? Bytes.EMPTY : derive("srtp", DtlsOptions.keyingMaterialBytes(srtpProfile));
        Objects.requireNonNull(results)
                .onConnected(
                        new DtlsEvent.Connected(
                                srtpProfile,
                                keyingMaterial,
                                List.of(Objects.requireNonNull(peerCertificate)),
                                "FEFD",
                                "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                role),
                        now);
    }

    private void deriveKeys(long now) {
        secret = transcript.digest();
        byte[] block = derive("keys", 2 * (KEY_BYTES + SALT_BYTES));
        byte[] clientKey = Arrays.copyOfRange(block, 0, KEY_BYTES);
        byte[] serverKey = Arrays.copyOfRange(block, KEY_BYTES, 2 * KEY_BYTES);
        byte[] clientSalt = Arrays.copyOfRange(block, 2 * KEY_BYTES, 2 * KEY_BYTES + SALT_BYTES);
        byte[] serverSalt = Arrays.copyOfRange(block, 2 * KEY_BYTES + SALT_BYTES, block.length);
        boolean client = role == DtlsRole.CLIENT;
        expectedFinished = derive(client ? "server finished" : "client finished", VERIFY_DATA_BYTES);
        Objects.requireNonNull(results)
                .onKeys(
                        client
                                ? new RecordKeys(clientKey, serverKey, clientSalt, serverSalt)
                                : new RecordKeys(serverKey, clientKey, serverSalt, clientSalt),
                        now);
    }

    private byte[] derive(String label, int length) {
        byte[] result = new byte[length];
        MessageDigest digest = sha256();
        for (int at = 0, counter = 0; at < length; counter++) {
            digest.update(Objects.requireNonNull(secret, "keys come first"));
            digest.update(label.getBytes(StandardCharsets.US_ASCII));
            digest.update((byte) counter);
            byte[] part = digest.digest();
            int count = Math.min(part.length, length - at);
            System.arraycopy(part, 0, result, at, count);
            at += count;
        }
        return result;
    }

    private void write(int type, byte[] body) {
        transcript.update(body);
        flight.add(new HandshakeMessage(type, nextSeq++, 0, body));
    }

    private void send(long now) {
        List<HandshakeMessage> messages = List.copyOf(flight);
        flight.clear();
        Objects.requireNonNull(results).onFlight(messages, now);
    }

    private void fail(DtlsFailure reason, String text, int alert, long now) {
        Objects.requireNonNull(results).onFailed(reason, text, alert, now);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

package dev.yodel.dtls.bc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.io.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our endpoint against a peer with another record layer, well-behaved and not. */
class ForeignPeerTest {
    private static final int EXTENSION_ALPN = 16;
    private static final int EXTENSION_RECORD_SIZE_LIMIT = 28;
    private static final int EXTENSION_DELEGATED_CREDENTIALS = 34;
    private static final int EXTENSION_SUPPORTED_VERSIONS = 43;
    private static final int EXTENSION_KEY_SHARE = 51;
    private static final int X25519_MLKEM768 = 0x11ec;
    private static final int FORGERIES = 256;

    @ParameterizedTest
    @EnumSource(DtlsRole.class)
    void bothRolesConnectAndExchangeData(DtlsRole ourRole) throws Exception {
        ForeignPair pair =
                ForeignPair.against(ourRole, new ForeignPair.Habits()).run();
        assertConnected(pair);
        byte[] message = new byte[1000];
        new Random(1).nextBytes(message);
        assertThat(pair.ours.send(message, 0, message.length, 0)).isTrue();
        pair.step();
        byte[] received = new byte[2000];
        assertThat(pair.peer().receive(received, 0, received.length, 5000)).isEqualTo(1000);
        assertThat(received).startsWith(message);
        pair.peer().send(message, 0, 500);
        pair.step();
        assertThat(pair.events.getLast())
                .isInstanceOfSatisfying(DtlsEvent.ApplicationData.class, data -> assertThat(data.length())
                        .isEqualTo(500));
    }

    private static void assertConnected(ForeignPair pair) {
        assertThat(pair.ours.state()).as(pair.toString()).isEqualTo(DtlsState.CONNECTED);
        assertThat(pair.peerConnected()).isTrue();
        DtlsEvent.Connected connected = (DtlsEvent.Connected) pair.events.getFirst();
        assertThat(connected.srtpProfile()).isEqualTo(1);
        assertThat(connected.keyingMaterial()).isEqualTo(pair.exported);
        assertThat(connected.peerCertificates().get(0)).isEqualTo(ForeignPair.FOREIGN.der());
    }

    /** What Chromium and Firefox send first: DTLS 1.3 offered, a post-quantum key share, more than one datagram. */
    private static ForeignPair.Habits browser() {
        ForeignPair.Habits habits = new ForeignPair.Habits();
        habits.groups =
                new int[] {X25519_MLKEM768, NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1, 0x0100};
        habits.suites = new int[] {
            0x1301,
            0x1303,
            CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
        };
        byte[] share = new byte[2 + 4 + 1216];
        Bytes.put16(share, 0, share.length - 2);
        Bytes.put16(share, 2, X25519_MLKEM768);
        Bytes.put16(share, 4, 1216);
        habits.extensions.put(EXTENSION_KEY_SHARE, share);
        habits.extensions.put(EXTENSION_SUPPORTED_VERSIONS, Bytes.fromHex("06fefcfefd0303"));
        habits.extensions.put(EXTENSION_ALPN, Bytes.fromHex("001006776562727463" + "08632d776562727463"));
        habits.extensions.put(EXTENSION_DELEGATED_CREDENTIALS, Bytes.fromHex("000804030503060302" + "03"));
        habits.extensions.put(EXTENSION_RECORD_SIZE_LIMIT, Bytes.fromHex("4001"));
        return habits;
    }

    @Test
    void aFragmentedPostQuantumHelloConnectsInAnyOrder() {
        for (boolean reversed : new boolean[] {false, true}) {
            ForeignPair pair = ForeignPair.against(DtlsRole.SERVER, browser());
            List<byte[]> held = new ArrayList<>();
            pair.meddler = (index, datagram) -> {
                if (!reversed || index > 1) {
                    return List.of(datagram);
                }
                held.add(datagram);
                if (index == 0) {
                    return List.of();
                }
                Collections.reverse(held);
                return held;
            };
            pair.run();
            assertConnected(pair);
            assertThat(pair.fromPeer.get(0)).hasSize(1200);
            assertThat(pair.fromPeer.get(1).length).isBetween(60, 400);
            assertThat(Bytes.u16(pair.fromPeer.get(0), 1)).isEqualTo(0xfeff);
        }
    }

    @Test
    void I05_aHelloThatCameBeforeTheStartIsAnsweredAtOnce() {
        ForeignPair recorder = ForeignPair.against(DtlsRole.SERVER, browser()).run();
        HandshakePair fresh = new HandshakePair();
        for (byte[] fragment : List.copyOf(recorder.fromPeer.subList(0, 2))) {
            fresh.server.handleDatagram(fragment, 0, fragment.length, fresh.now);
        }
        fresh.settle();
        assertThat(fresh.fromServer).isEmpty();
        fresh.server.start(DtlsRole.SERVER, fresh.announcedByClient, 0, fresh.now);
        fresh.settle();
        assertThat(fresh.fromServer).isNotEmpty();
        assertThat(Bytes.u8(fresh.fromServer.get(0), 13)).as("ServerHello").isEqualTo(2);
    }

    @Test
    void I05_earlyDatagramsAreBounded() {
        HandshakePair pair = new HandshakePair();
        for (int i = 0; i < 10; i++) {
            pair.server.handleDatagram(new byte[1200], 0, 1200, pair.now);
        }
        assertThat(pair.server.counters().earlyDatagramsDropped()).isEqualTo(6);
        HandshakePair large = new HandshakePair();
        large.server.handleDatagram(new byte[5000], 0, 5000, large.now);
        large.server.handleDatagram(new byte[5000], 0, 5000, large.now);
        assertThat(large.server.counters().earlyDatagramsDropped()).isEqualTo(1);
    }

    @Test
    void I06_nothingIsSentBeforeTheStart() {
        HandshakePair pair = new HandshakePair();
        pair.settle();
        pair.run(60_000_000_000L);
        assertThat(pair.fromClient).isEmpty();
        assertThat(pair.fromServer).isEmpty();
    }

    @Test
    void theRecordsOfOurHelloFitOneDatagram() {
        HandshakePair pair = new HandshakePair();
        pair.client.start(DtlsRole.CLIENT, pair.announcedByServer, 0, pair.now);
        pair.settle();
        assertThat(pair.fromClient).hasSize(1);
        assertThat(pair.fromClient.get(0).length).isLessThan(300);
    }

    // ---- what is refused ----

    private static void assertRefused(DtlsRole ourRole, String what, Consumer<ForeignPair.Habits> change) {
        ForeignPair.Habits habits = new ForeignPair.Habits();
        change.accept(habits);
        ForeignPair pair = ForeignPair.against(ourRole, habits).run();
        assertThat(pair.ours.state()).as(what + ": " + pair).isEqualTo(DtlsState.FAILED);
        assertThat(pair.peerConnected()).as(what).isFalse();
        assertThat(pair.events).as(what).hasSize(1).first().isInstanceOf(DtlsEvent.Failed.class);
        assertThat(((DtlsEvent.Failed) pair.events.getFirst()).reason())
                .as(what)
                .isNotEqualTo(DtlsFailure.INTERNAL);
    }

    @Test
    void D02_aClientWithoutCertificateIsRefused() {
        assertRefused(DtlsRole.SERVER, "no certificate", habits -> habits.certificate = false);
    }

    /** Signatures without the key, by number: made-up values, other signatures, and every bit of the right one changed. */
    private static byte[] forged(int variant, byte[] hash, byte[] signature, UnaryOperator<byte[]> honest) {
        return switch (variant) {
            case 0 -> new byte[0];
            case 1 -> new byte[signature.length];
            case 2 -> Bytes.fromHex("3006020100020100");
            case 3 -> Bytes.fromHex("3006020101020101");
            // The order of P-256 for both numbers.
            case 4 ->
                Bytes.fromHex(
                        "3046022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551022100ffffffff00000000ffffffff"
                                + "ffffffffbce6faada7179e84f3b9cac2fc632551");
            case 5 -> Arrays.copyOf(signature, signature.length - 1);
            case 6 -> Arrays.copyOf(signature, signature.length + 1);
            case 7 -> honest.apply(new byte[hash.length]);
            case 8 -> {
                byte[] other = hash.clone();
                other[0] ^= 1;
                yield honest.apply(other);
            }
            case 9 -> {
                byte[] twice = Arrays.copyOf(signature, 2 * signature.length);
                System.arraycopy(signature, 0, twice, signature.length, signature.length);
                yield twice;
            }
            default -> {
                byte[] changed = signature.clone();
                int bit = (variant - 10) * 8 * signature.length / (FORGERIES - 10);
                changed[bit / 8] ^= (byte) (1 << bit % 8);
                yield changed;
            }
        };
    }

    private static void assertForgeriesRefused(int step) {
        for (int variant = 0; variant < FORGERIES; variant += variant < 10 ? 1 : step) {
            int forgery = variant;
            for (DtlsRole role : DtlsRole.values()) {
                String message = role == DtlsRole.SERVER ? "CertificateVerify" : "ServerKeyExchange";
                assertRefused(
                        role,
                        "forged " + message + " " + variant,
                        habits ->
                                habits.forgery = (hash, signature, honest) -> forged(forgery, hash, signature, honest));
            }
        }
    }

    @Test
    void D03_aCertificateWithoutItsKeyIsRefused() {
        assertForgeriesRefused(41);
    }

    @Test
    @Tag("long")
    void D03_twoHundredAndFiftySixForgedSignaturesAreRefusedInEachRole() {
        assertForgeriesRefused(1);
    }

    @Test
    void D14_weakClientsAreRefused() {
        int[][] suites = {
            {CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256},
            {CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA},
            {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA},
            {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA},
            {CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA},
            {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256},
            {CipherSuite.TLS_ECDHE_ECDSA_WITH_NULL_SHA},
            {CipherSuite.TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA},
            {CipherSuite.TLS_ECDH_anon_WITH_AES_128_CBC_SHA},
            {CipherSuite.TLS_DH_anon_WITH_AES_128_GCM_SHA256},
            {CipherSuite.TLS_NULL_WITH_NULL_NULL},
            {CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256},
            {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8},
            {CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256}
        };
        for (int[] suite : suites) {
            assertRefused(DtlsRole.SERVER, "suite " + Integer.toHexString(suite[0]), habits -> habits.suites = suite);
        }
        int[] groups = {
            NamedGroup.secp192r1, NamedGroup.secp160r1, NamedGroup.secp224r1, NamedGroup.sect163k1, NamedGroup.secp256k1
        };
        for (int group : groups) {
            assertRefused(DtlsRole.SERVER, "group " + group, habits -> habits.groups = new int[] {group});
        }
        for (short hash : new short[] {HashAlgorithm.md5, HashAlgorithm.sha1}) {
            assertRefused(DtlsRole.SERVER, "signatures with hash " + hash, habits -> habits.signatureHash = hash);
        }
        assertRefused(DtlsRole.SERVER, "DTLS 1.0", habits -> {
            habits.versions = ProtocolVersion.DTLSv10.only();
            habits.suites = new int[] {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA};
        });
        assertRefused(DtlsRole.SERVER, "no extended master secret", habits -> habits.extendedMasterSecret = false);
    }

    @Test
    void D14_weakServersAreRefused() {
        assertRefused(DtlsRole.CLIENT, "DTLS 1.0", habits -> habits.versions = ProtocolVersion.DTLSv10.only());
        assertRefused(
                DtlsRole.CLIENT,
                "a suite that we do not offer",
                habits -> habits.suites = new int[] {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA});
        for (short hash : new short[] {HashAlgorithm.md5, HashAlgorithm.sha1}) {
            assertRefused(DtlsRole.CLIENT, "signatures with hash " + hash, habits -> habits.signatureHash = hash);
        }
        assertRefused(DtlsRole.CLIENT, "no extended master secret", habits -> habits.extendedMasterSecret = false);
    }

    @Test
    void S08_D14_withoutACommonSrtpProfileBothRolesFail() {
        for (DtlsRole role : DtlsRole.values()) {
            assertRefused(role, role + ": no use_srtp", habits -> habits.srtpProfiles = new int[0]);
            assertRefused(role, role + ": unknown profile", habits -> habits.srtpProfiles = new int[] {0x00ff});
            assertRefused(role, role + ": NULL profiles", habits -> habits.srtpProfiles = new int[] {5});
        }
        assertRefused(DtlsRole.CLIENT, "an MKI that was not offered", habits -> habits.mki = new byte[] {1});
        assertRefused(DtlsRole.CLIENT, "two profiles chosen", habits -> habits.srtpProfiles = new int[] {1, 7});
    }

    @Test
    void D14_aClientsMkiIsIgnored() {
        ForeignPair.Habits habits = new ForeignPair.Habits();
        habits.mki = new byte[] {1, 2, 3};
        ForeignPair pair = ForeignPair.against(DtlsRole.SERVER, habits).run();
        assertConnected(pair);
    }

    @Test
    void dataOnlyNeedsNoSrtpProfile() {
        ForeignPair.Habits habits = new ForeignPair.Habits();
        habits.srtpProfiles = new int[0];
        DtlsOptions options = DtlsOptions.of(HandshakePair.SERVER_CERTIFICATE).withSrtp(List.of(7, 1), false);
        for (DtlsRole role : DtlsRole.values()) {
            ForeignPair pair = new ForeignPair(role, options, habits).run();
            assertThat(pair.ours.state()).as(pair.toString()).isEqualTo(DtlsState.CONNECTED);
            DtlsEvent.Connected connected = (DtlsEvent.Connected) pair.events.getFirst();
            assertThat(connected.srtpProfile()).isZero();
            assertThat(connected.keyingMaterial()).isEmpty();
        }
    }

    @Test
    void D17_theirCloseNotifyClosesUsAndOursClosesThem() throws Exception {
        ForeignPair theirs =
                ForeignPair.against(DtlsRole.SERVER, new ForeignPair.Habits()).run();
        theirs.peer().close();
        theirs.step();
        assertThat(theirs.ours.state()).isEqualTo(DtlsState.CLOSED);
        assertThat(theirs.events.getLast()).isEqualTo(new DtlsEvent.Closed());
        ForeignPair ours =
                ForeignPair.against(DtlsRole.SERVER, new ForeignPair.Habits()).run();
        ours.ours.close(0);
        ours.step();
        assertThat(ours.ours.state()).isEqualTo(DtlsState.CLOSED);
        boolean ended;
        try {
            ended = ours.peer().receive(new byte[2000], 0, 2000, 1000) == -1;
        } catch (IOException e) {
            ended = true;
        }
        assertThat(ended).isTrue();
        assertThat(ours.events).hasSize(1);
    }
}

package dev.yodel.dtls.bc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.dtls.SeededRandom;
import dev.yodel.io.Time;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** RFC 8122 5: whoever shows a certificate that was not announced gets no key and no byte, whatever its role. */
class FingerprintMatrixTest {
    private static final DtlsCertificate OTHER = DtlsCertificate.generate(new SeededRandom(13), 1_790_000_000_000L);

    private static DtlsFingerprint right(DtlsRole of) {
        return certificate(of).fingerprint();
    }

    private static DtlsCertificate certificate(DtlsRole of) {
        return of == DtlsRole.CLIENT ? HandshakePair.CLIENT_CERTIFICATE : HandshakePair.SERVER_CERTIFICATE;
    }

    private static HandshakePair announce(DtlsRole suspect, List<DtlsFingerprint> fingerprints) {
        HandshakePair pair = new HandshakePair();
        if (suspect == DtlsRole.CLIENT) {
            pair.announcedByClient = fingerprints;
        } else {
            pair.announcedByServer = fingerprints;
        }
        return pair.start();
    }

    private static void assertRefused(DtlsRole suspect, String what, List<DtlsFingerprint> fingerprints) {
        HandshakePair pair = announce(suspect, fingerprints);
        pair.run(200 * Time.MILLISECOND);
        String name = suspect + " " + what + ": " + pair;
        assertThat(pair.client.state()).as(name).isEqualTo(DtlsState.FAILED);
        assertThat(pair.server.state()).as(name).isEqualTo(DtlsState.FAILED);
        ArrayDeque<DtlsEvent> checker = suspect == DtlsRole.CLIENT ? pair.serverEvents : pair.clientEvents;
        ArrayDeque<DtlsEvent> refused = suspect == DtlsRole.CLIENT ? pair.clientEvents : pair.serverEvents;
        assertThat(((DtlsEvent.Failed) checker.getFirst()).reason())
                .as(name)
                .isEqualTo(DtlsFailure.FINGERPRINT_MISMATCH);
        assertThat(checker).as(name).hasSize(1);
        assertThat(refused).as(name).hasSize(1).first().isInstanceOf(DtlsEvent.Failed.class);
        assertThat(((DtlsEvent.Failed) refused.getFirst()).reason()).as(name).isEqualTo(DtlsFailure.ALERT_RECEIVED);
        assertThat(pair.client.send(new byte[1], 0, 1, pair.now)).isFalse();
        assertThat(pair.server.send(new byte[1], 0, 1, pair.now)).isFalse();
    }

    private static void assertConnects(DtlsRole suspect, String what, List<DtlsFingerprint> fingerprints) {
        HandshakePair pair = announce(suspect, fingerprints);
        pair.run(200 * Time.MILLISECOND);
        assertThat(pair.bothConnected()).as(suspect + " " + what + ": " + pair).isTrue();
    }

    @Test
    void D01_everyKindOfMismatchFailsBothSidesAtOnce() {
        for (DtlsRole suspect : DtlsRole.values()) {
            DtlsFingerprint right = right(suspect);
            char last = right.value().charAt(right.value().length() - 1);
            String changed = right.value().substring(0, right.value().length() - 1) + (last == '0' ? '1' : '0');
            assertRefused(suspect, "one digit wrong", List.of(new DtlsFingerprint("sha-256", changed)));
            assertRefused(suspect, "of another certificate", List.of(OTHER.fingerprint()));
            assertRefused(
                    suspect,
                    "of our own certificate",
                    List.of(right(suspect == DtlsRole.CLIENT ? DtlsRole.SERVER : DtlsRole.CLIENT)));
            assertRefused(suspect, "none at all", List.of());
            assertRefused(suspect, "md5 only", List.of(new DtlsFingerprint("md5", right.value())));
            assertRefused(suspect, "unknown hash only", List.of(new DtlsFingerprint("sha-999", right.value())));
            assertRefused(
                    suspect,
                    "cut short",
                    List.of(new DtlsFingerprint(
                            "sha-256", right.value().substring(0, right.value().length() - 3))));
            assertRefused(suspect, "too long", List.of(new DtlsFingerprint("sha-256", right.value() + ":00")));
            assertRefused(suspect, "empty", List.of(new DtlsFingerprint("sha-256", "")));
            assertRefused(
                    suspect,
                    "weaker hash right, stronger wrong",
                    List.of(certificate(suspect).fingerprint("sha-1"), OTHER.fingerprint("sha-512")));
        }
    }

    @Test
    void D01_everyKindOfMatchConnects() {
        for (DtlsRole suspect : DtlsRole.values()) {
            DtlsFingerprint right = right(suspect);
            assertConnects(
                    suspect,
                    "lower case",
                    List.of(new DtlsFingerprint("SHA-256", right.value().toLowerCase(Locale.ROOT))));
            assertConnects(suspect, "one of two", List.of(OTHER.fingerprint(), right));
            for (String hash : List.of("sha-1", "sha-224", "sha-384", "sha-512")) {
                assertConnects(suspect, hash, List.of(certificate(suspect).fingerprint(hash)));
            }
        }
    }

    /** The announced certificate stands later in the chain; the peer holds another's key. */
    @Test
    void D01_aMatchLaterInTheChainIsNoMatch() {
        for (DtlsRole ourRole : DtlsRole.values()) {
            ForeignPair.Habits habits = new ForeignPair.Habits();
            habits.chain = List.of(OTHER.der(), ForeignPair.FOREIGN.der());
            ForeignPair pair = new ForeignPair(ourRole, DtlsOptions.of(HandshakePair.SERVER_CERTIFICATE), habits).run();
            assertThat(((DtlsEvent.Failed) pair.events.getFirst()).reason())
                    .as(pair.toString())
                    .isEqualTo(DtlsFailure.FINGERPRINT_MISMATCH);
            assertThat(pair.peerConnected()).isFalse();
        }
    }

    /** The alert that says so is lost: the next repeat of the peer's flight gets it again. */
    @Test
    void D01_aLostRefusalIsRepeated() {
        HandshakePair pair = new HandshakePair();
        pair.announcedByClient = List.of(OTHER.fingerprint());
        pair.pipe = (fromClient, index, datagram) ->
                !fromClient && index == 1 ? new long[0] : new long[] {HandshakePair.ONE_WAY};
        pair.start().run(Time.SECOND);
        assertThat(pair.client.state()).as(pair.toString()).isEqualTo(DtlsState.FAILED);
    }
}

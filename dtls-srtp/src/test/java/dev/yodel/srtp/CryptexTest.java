package dev.yodel.srtp;

import static dev.yodel.srtp.Vectors.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Cryptex (RFC 9335): header extensions and CSRCs are encrypted too, where both sides want it. */
final class CryptexTest {
    private static SrtpProfile profile(Map<String, String> vector) {
        return "AeadAes128Gcm".equals(vector.get("profile"))
                ? SrtpProfile.AEAD_AES_128_GCM
                : SrtpProfile.AES_CM_128_HMAC_SHA1_80;
    }

    /** Both directions have the vector's key. */
    private static SrtpSession session(Map<String, String> vector, boolean client, boolean cryptex) {
        SrtpProfile profile = profile(vector);
        byte[] key = bytes(vector, "master_key");
        byte[] salt = bytes(vector, "master_salt");
        byte[] material = new byte[profile.keyingMaterialLength()];
        System.arraycopy(key, 0, material, 0, key.length);
        System.arraycopy(key, 0, material, key.length, key.length);
        System.arraycopy(salt, 0, material, 2 * key.length, profile.saltLength());
        System.arraycopy(salt, 0, material, 2 * key.length + profile.saltLength(), profile.saltLength());
        SrtpSession session = new SrtpSession(profile, material, client);
        session.useCryptex(cryptex, cryptex);
        return session;
    }

    /** RFC 9335 appendix A, one-byte and two-byte extensions, with and without CSRCs, both profiles. */
    @Test
    void packetsAreThoseOfTheRfc() {
        int count = 0;
        for (Map<String, String> vector : Vectors.read("rfc9335_cryptex.json")) {
            byte[] plain = bytes(vector, "plain");
            byte[] sealed = bytes(vector, "cryptex");
            byte[] packet = Arrays.copyOf(plain, sealed.length);
            assertThat(session(vector, true, true).protectRtp(packet, 0, plain.length))
                    .isEqualTo(sealed.length);
            assertThat(packet).as("%s", vector.get("ref")).isEqualTo(sealed);
            assertThat(session(vector, false, true).unprotectRtp(packet, 0, sealed.length))
                    .isEqualTo(plain.length);
            assertThat(Arrays.copyOf(packet, plain.length))
                    .as("%s", vector.get("ref"))
                    .isEqualTo(plain);
            count++;
        }
        assertThat(count).isEqualTo(12);
    }

    @Test
    void everyChangedBitIsRefusedAndChangesNothing() {
        for (Map<String, String> vector : Vectors.read("rfc9335_cryptex.json")) {
            byte[] sealed = bytes(vector, "cryptex");
            SrtpSession session = session(vector, false, true);
            for (int bit = 0; bit < sealed.length * 8; bit++) {
                byte[] forged = sealed.clone();
                forged[bit / 8] ^= (byte) (1 << (bit % 8));
                byte[] before = forged.clone();
                assertThat(session.unprotectRtp(forged, 0, forged.length)).isNegative();
                assertThat(forged).isEqualTo(before);
            }
            assertThat(session.receivedSsrcs()).isZero();
        }
    }

    /** Off by default; a packet without an extension, or with one of another kind, is sent as ever. */
    @Test
    void whatIsNotNegotiatedStaysAsItWas() {
        for (Map<String, String> vector : Vectors.read("rfc9335_cryptex.json")) {
            byte[] plain = bytes(vector, "plain");
            byte[] packet = Arrays.copyOf(plain, plain.length + 20);
            int length = session(vector, true, false).protectRtp(packet, 0, plain.length);
            int extension = 12 + 4 * (plain[0] & 0x0f);
            assertThat(Arrays.copyOf(packet, extension + 4)).isEqualTo(Arrays.copyOf(plain, extension + 4));
            // Who takes Cryptex takes what comes without it, too.
            assertThat(session(vector, false, true).unprotectRtp(packet, 0, length))
                    .isEqualTo(plain.length);
            assertThat(Arrays.copyOf(packet, plain.length)).isEqualTo(plain);

            byte[] other = Arrays.copyOf(plain, plain.length + 20);
            Bytes.put16(other, extension, 0x1234);
            byte[] clear = other.clone();
            session(vector, true, true).protectRtp(other, 0, plain.length);
            assertThat(Arrays.copyOf(other, extension + 4)).isEqualTo(Arrays.copyOf(clear, extension + 4));
        }
    }
}

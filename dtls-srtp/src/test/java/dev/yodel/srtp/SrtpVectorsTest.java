package dev.yodel.srtp;

import static dev.yodel.srtp.Vectors.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** The known answers of RFC 3711 appendix B, RFC 6188 7 and RFC 7714 16 and 17. */
final class SrtpVectorsTest {
    @Test
    void keyDerivationGivesTheSessionKeysOfTheRfcs() {
        for (Map<String, String> vector : Vectors.read("srtp_kdf.json")) {
            KeyDerivation keys = new KeyDerivation(bytes(vector, "master_key"), bytes(vector, "master_salt"));
            int keyLength = bytes(vector, "master_key").length;
            assertThat(keys.derive(KeyDerivation.RTP_KEY, keyLength)).isEqualTo(bytes(vector, "cipher_key_label0"));
            assertThat(keys.derive(KeyDerivation.RTP_AUTH, 94)).isEqualTo(bytes(vector, "auth_key_label1_94"));
            assertThat(keys.derive(KeyDerivation.RTP_SALT, 14)).isEqualTo(bytes(vector, "cipher_salt_label2"));
            assertThat(keys.derive(KeyDerivation.RTCP_KEY, keyLength))
                    .isEqualTo(bytes(vector, "srtcp_cipher_key_label3"));
            assertThat(keys.derive(KeyDerivation.RTCP_AUTH, 20)).isEqualTo(bytes(vector, "srtcp_auth_key_label4"));
            assertThat(keys.derive(KeyDerivation.RTCP_SALT, 14)).isEqualTo(bytes(vector, "srtcp_salt_label5"));
        }
    }

    @Test
    void counterModeGivesTheKeyStreamOfTheRfcs() {
        for (Map<String, String> vector : Vectors.read("aes_cm_keystream.json")) {
            byte[] salt = Arrays.copyOf(bytes(vector, "iv"), 14);
            CounterModeCipher cipher =
                    new CounterModeCipher(bytes(vector, "key"), new byte[20], salt, new SrtpScratch());
            byte[] packet = new byte[12 + 0xff02 * 16 + 10];
            cipher.sealRtp(packet, 0, 12, 0, packet.length - 10, 0, 0);
            assertThat(Arrays.copyOfRange(packet, 12, 60)).isEqualTo(bytes(vector, "keystream_first48"));
            if (vector.containsKey("keystream_blocks_feff_ff01")) {
                byte[] late = bytes(vector, "keystream_blocks_feff_ff01");
                int at = 12 + 0xfeff * 16;
                assertThat(Arrays.copyOfRange(packet, at, at + late.length)).isEqualTo(late);
            }
        }
    }

    /** RFC 3711 4.2.1: ten bytes of HMAC-SHA1 over packet and rollover counter, by turns of both ways to reckon it. */
    @Test
    void theTagIsTheJdksOwnAtEveryLength() throws GeneralSecurityException {
        byte[] authKey = HexFormat.of().parseHex("cebe321f6ff7716b6fd4ab49af256a156d38baa4");
        CounterModeCipher cipher = new CounterModeCipher(new byte[16], authKey, new byte[14], new SrtpScratch());
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(authKey, "HmacSHA1"));
        for (int length = 12; length <= 1_400; length += 12) {
            for (int each : new int[] {length, 1_412 - length}) {
                byte[] packet = new byte[each + 10];
                int index = 0x2_0000 + each;
                assertThat(cipher.sealRtp(packet, 0, 12, 0, each, 5, index)).isEqualTo(each + 10);
                mac.update(packet, 0, each);
                byte[] tag = mac.doFinal(new byte[] {0, 0, 0, 2});
                assertThat(Arrays.copyOfRange(packet, each, each + 10))
                        .as("%d bytes", each)
                        .isEqualTo(Arrays.copyOf(tag, 10));
                assertThat(cipher.openRtp(packet, 0, 12, 0, each + 10, 5, index))
                        .isEqualTo(each);
            }
        }
    }

    @Test
    void gcmGivesThePacketsOfTheRfc() {
        for (Map<String, String> vector : Vectors.read("rfc7714_gcm.json")) {
            GcmCipher cipher =
                    new GcmCipher(bytes(vector, "srtpSessionKey"), bytes(vector, "srtpSessionSalt"), new SrtpScratch());
            byte[] plain = bytes(vector, "decryptedRTPPacket");
            byte[] sealed = bytes(vector, "encryptedRTPPacket");
            byte[] packet = Arrays.copyOf(plain, sealed.length);
            int ssrc = Bytes.i32(plain, 8);
            int index = Bytes.u16(plain, 2);
            assertThat(cipher.sealRtp(packet, 0, 12, 0, plain.length, ssrc, index))
                    .isEqualTo(sealed.length);
            assertThat(packet).isEqualTo(sealed);
            assertThat(cipher.openRtp(packet, 0, 12, 0, sealed.length, ssrc, index))
                    .isEqualTo(plain.length);
            assertThat(Arrays.copyOf(packet, plain.length)).isEqualTo(plain);

            plain = bytes(vector, "decryptedRTCPPacket");
            sealed = bytes(vector, "encryptedRTCPPacket");
            packet = Arrays.copyOf(plain, sealed.length);
            ssrc = Bytes.i32(plain, 4);
            index = 1492;
            assertThat(cipher.sealRtcp(packet, 0, plain.length, ssrc, index)).isEqualTo(sealed.length);
            assertThat(packet).isEqualTo(sealed);
            assertThat(cipher.openRtcp(packet, 0, sealed.length, ssrc, index)).isEqualTo(plain.length);
            assertThat(Arrays.copyOf(packet, plain.length)).isEqualTo(plain);
        }
    }
}

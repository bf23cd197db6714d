package dev.yodel.media.sframe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** SFrame (RFC 9605): the answers of the RFC, both ways; whatever is changed is refused. */
final class SFrameTest {
    private static final byte[] NOTHING = {};
    private static final byte[] METADATA = Bytes.fromHex("4945544620534672616d65205747");
    private static final byte[] PLAIN = Bytes.fromHex("64726166742d696574662d736672616d652d656e63");

    /** Appendix C.3: key 0x123, frame 0x4567, base key 00 to 0f. */
    private static final Map<SFrameCipherSuite, String> ANSWERS = Map.of(
            SFrameCipherSuite.AES_128_CTR_HMAC_SHA256_80,
                    "9901234567449408b6f490086165b9d6f62b24ae1a59a56486b4ae8ed036b88912e24f11",
            SFrameCipherSuite.AES_128_CTR_HMAC_SHA256_64,
                    "99012345673f31438db4d09434e43afa0f8a2f00867a2be085046a9f5cb4f101d607",
            SFrameCipherSuite.AES_128_CTR_HMAC_SHA256_32,
                    "990123456717fc8af28a5a695afcfc6c8df6358a17e26b2fcb3bae32e443",
            SFrameCipherSuite.AES_128_GCM_SHA256_128,
                    "9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb" + "34eb",
            SFrameCipherSuite.AES_256_GCM_SHA512_128,
                    "990123456794f509d36e9beacb0e261d99c7d1e972f1fed787d4049f17ca21353c1cc24d56ceabce" + "d279");

    private static byte[] baseKey() {
        byte[] key = new byte[16];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        return key;
    }

    @Test
    void framesAreThoseOfTheRfc() {
        for (Map.Entry<SFrameCipherSuite, String> answer : ANSWERS.entrySet()) {
            byte[] expected = Bytes.fromHex(answer.getValue());
            byte[] sealed = new SFrameEncryptor(answer.getKey(), 0x123, baseKey(), 0x4567).encrypt(PLAIN, METADATA);
            assertThat(sealed).as("%s", answer.getKey()).isEqualTo(expected);
            SFrameDecryptor decryptor = new SFrameDecryptor(answer.getKey());
            decryptor.addKey(0x123, baseKey());
            assertThat(decryptor.decrypt(expected, 0, expected.length, METADATA))
                    .isEqualTo(PLAIN);
        }
        assertThat(ANSWERS).hasSize(SFrameCipherSuite.values().length);
    }

    /** Appendix C.1: identifier of the key, number of the frame, header. */
    @Test
    void headersAreThoseOfTheRfc() {
        for (String line : List.of(
                "0 0 00",
                "0 256 090100",
                "0 18446744073709551615 0fffffffffffffffff",
                "1 255 18ff",
                "1 4294967296 1c0100000000",
                "255 1 81ff",
                "255 65535 89ffffff",
                "256 0 900100",
                "256 256 9901000100",
                "256 18446744073709551615 9f0100ffffffffffffffff",
                "65536 255 a8010000ff",
                "65536 4294967296 ac0100000100000000",
                "18446744073709551615 1 f1ffffffffffffffff",
                "18446744073709551615 65535 f9ffffffffffffffffffff")) {
            String[] fields = line.split(" ", -1);
            long kid = Long.parseUnsignedLong(fields[0]);
            long counter = Long.parseUnsignedLong(fields[1]);
            byte[] expected = Bytes.fromHex(fields[2]);
            byte[] written = new byte[SFrameHeader.length(kid, counter)];
            SFrameHeader.write(kid, counter, written);
            assertThat(written).as(line).isEqualTo(expected);
            SFrameHeader header = new SFrameHeader();
            assertThat(header.read(expected, 0, expected.length)).isTrue();
            assertThat(header.kid).isEqualTo(kid);
            assertThat(header.counter).isEqualTo(counter);
            assertThat(header.length).isEqualTo(expected.length);
            assertThat(header.read(expected, 0, expected.length - 1)).isFalse();
        }
    }

    @Test
    void everyChangedBitIsRefused() {
        for (SFrameCipherSuite suite : SFrameCipherSuite.values()) {
            SFrameEncryptor encryptor = new SFrameEncryptor(suite, 9, baseKey());
            SFrameDecryptor decryptor = new SFrameDecryptor(suite);
            decryptor.addKey(9, baseKey());
            byte[] sealed = encryptor.encrypt(PLAIN, METADATA);
            for (int bit = 0; bit < sealed.length * 8; bit++) {
                byte[] forged = sealed.clone();
                forged[bit / 8] ^= (byte) (1 << (bit % 8));
                assertThat(decryptor.decrypt(forged, 0, forged.length, METADATA))
                        .isNull();
            }
            assertThat(decryptor.decrypt(sealed, 0, sealed.length, NOTHING)).isNull();
            assertThat(decryptor.refused() + decryptor.unknownKeys()).isEqualTo(sealed.length * 8 + 1);
            for (int length = 0; length < sealed.length; length++) {
                assertThat(decryptor.decrypt(sealed, 0, length, METADATA)).isNull();
            }
            assertThat(decryptor.decrypt(sealed, 0, sealed.length, METADATA)).isEqualTo(PLAIN);
        }
    }

    @Test
    void manySendersEachHaveTheirKey() {
        SFrameDecryptor decryptor = new SFrameDecryptor(SFrameCipherSuite.AES_128_GCM_SHA256_128);
        Random random = new Random(5);
        byte[][] keys = new byte[20][32];
        SFrameEncryptor[] senders = new SFrameEncryptor[keys.length];
        for (int i = 0; i < keys.length; i++) {
            random.nextBytes(keys[i]);
            senders[i] = new SFrameEncryptor(SFrameCipherSuite.AES_128_GCM_SHA256_128, i * 37L, keys[i]);
            decryptor.addKey(i * 37L, keys[i]);
        }
        for (int round = 0; round < 2_000; round++) {
            byte[] frame = new byte[random.nextInt(3_000)];
            random.nextBytes(frame);
            byte[] sealed = senders[round % senders.length].encrypt(frame, NOTHING);
            assertThat(sealed.length - frame.length)
                    .isLessThanOrEqualTo(SFrameCipherSuite.AES_128_GCM_SHA256_128.maxOverhead());
            byte[] moved = new byte[sealed.length + 7];
            System.arraycopy(sealed, 0, moved, 5, sealed.length);
            assertThat(decryptor.decrypt(moved, 5, sealed.length, NOTHING)).isEqualTo(frame);
        }
        decryptor.removeKey(0);
        byte[] late = senders[0].encrypt(PLAIN, NOTHING);
        assertThat(decryptor.decrypt(late, 0, late.length, NOTHING)).isNull();
        assertThat(decryptor.unknownKeys()).isEqualTo(1);
        assertThat(senders[0].counter()).isEqualTo(101);
    }

    @Test
    void misuseIsToldAndKeysAreBounded() {
        SFrameCipherSuite suite = SFrameCipherSuite.AES_256_GCM_SHA512_128;
        assertThatThrownBy(() -> new SFrameEncryptor(suite, 1, new byte[15]))
                .isInstanceOf(IllegalArgumentException.class);
        SFrameEncryptor last = new SFrameEncryptor(suite, 1, baseKey(), Long.MAX_VALUE);
        last.encrypt(PLAIN, NOTHING);
        assertThatThrownBy(() -> last.encrypt(PLAIN, NOTHING)).isInstanceOf(IllegalStateException.class);
        assertThat(last.toString()).doesNotContain(Arrays.toString(baseKey()));
        SFrameDecryptor decryptor = new SFrameDecryptor(suite);
        for (int i = 0; i < SFrameDecryptor.MAX_KEYS; i++) {
            decryptor.addKey(i, baseKey());
        }
        assertThatThrownBy(() -> decryptor.addKey(-1, baseKey())).isInstanceOf(IllegalArgumentException.class);
        decryptor.addKey(0, baseKey());
    }
}

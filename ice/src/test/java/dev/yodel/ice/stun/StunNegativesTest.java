package dev.yodel.ice.stun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What must be refused or ignored, and random bytes (THREATS.md I12). */
class StunNegativesTest {
    private static final TransactionId ID = new TransactionId(1, 2);
    private static final MessageIntegrity KEY = MessageIntegrity.shortTerm("0123456789012345678901");

    private static byte[] binding() {
        return StunWriter.request(StunMessage.BINDING, ID).toByteArray();
    }

    /** A message with raw attributes behind the header. */
    private static byte[] raw(String attributes) {
        byte[] body = Bytes.fromHex(attributes);
        byte[] data = Arrays.copyOf(binding(), 20 + body.length);
        System.arraycopy(body, 0, data, 20, body.length);
        Bytes.put16(data, 2, body.length);
        return data;
    }

    private static StunMessage parsed(byte[] data) {
        return Objects.requireNonNull(StunMessage.parse(data, 0, data.length));
    }

    @Test
    void I12_malformedMessagesAreNoStun() {
        List<byte[]> refused = new ArrayList<>();
        for (int length = 0; length < 20; length++) {
            refused.add(Arrays.copyOf(binding(), length));
        }
        for (int first = 0x40; first <= 0xC0; first += 0x40) {
            byte[] bits = binding();
            bits[0] |= (byte) first;
            refused.add(bits);
        }
        for (int i = 4; i < 8; i++) {
            byte[] cookie = binding();
            cookie[i] ^= 1;
            refused.add(cookie);
        }
        for (int declared : new int[] {1, 2, 3, 4, 0xFFFC, 0xFFFF}) {
            byte[] length = binding();
            Bytes.put16(length, 2, declared);
            refused.add(length);
        }
        refused.add(Arrays.copyOf(binding(), 21));
        refused.add(Arrays.copyOf(binding(), 24));
        for (String attributes : new String[] {
            "8022ffff", // 65,535 bytes of value and none there
            "80220001", // one byte of value and none there
            "80220005" + "01020304", // value cut
            "0020fffc" + "00000000",
            "802800040badcafe", // wrong fingerprint
            "8028000000000000", // empty fingerprint with something behind it
            "80280003" + "01020300", // short fingerprint
        }) {
            refused.add(raw(attributes));
        }
        // Something behind the fingerprint.
        byte[] fingerprinted =
                StunWriter.request(StunMessage.BINDING, ID).fingerprint().toByteArray();
        byte[] longer = Arrays.copyOf(fingerprinted, fingerprinted.length + 4);
        Bytes.put16(longer, fingerprinted.length, StunAttribute.SOFTWARE);
        Bytes.put16(longer, 2, longer.length - 20);
        refused.add(longer);
        assertThat(refused.size()).isGreaterThanOrEqualTo(40);
        for (byte[] data : refused) {
            assertThat(StunMessage.parse(data, 0, data.length))
                    .as(Bytes.hex(data, 0, data.length))
                    .isNull();
        }
    }

    @Test
    void I12_malformedValuesAreAbsent() {
        String[] addresses = {
            "00200000", // CVE-2026-54909: nothing in it
            "00200004" + "00010000",
            "00200008" + "0000000000000000", // no family
            "00200008" + "0003000000000000", // unknown family
            "00200008" + "0002000000000000", // IPv6 in 8 bytes
            "00200014" + "0001000000000000000000000000000000000000", // IPv4 in 20 bytes
            "0020000c" + "000100000000000000000000",
        };
        for (String attribute : addresses) {
            assertThat(parsed(raw(attribute)).xorAddress(StunAttribute.XOR_MAPPED_ADDRESS))
                    .as(attribute)
                    .isNull();
        }
        String[] errors = {
            "00090000", // CVE-2021-37706
            "00090001" + "04000000",
            "00090003" + "00000400",
            "00090004" + "00000000",
            "00090004" + "00000257", // class 2
            "00090004" + "00000757", // class 7
            "00090004" + "00000464", // number 100
        };
        for (String attribute : errors) {
            assertThat(parsed(raw(attribute)).errorCode()).as(attribute).isZero();
            assertThat(parsed(raw(attribute)).errorReason()).as(attribute).isEmpty();
        }
        assertThat(parsed(raw("00240003" + "01020300")).u32(StunAttribute.PRIORITY))
                .isEqualTo(-1);
        assertThat(parsed(raw("00240008" + "0102030405060708")).u32(StunAttribute.PRIORITY))
                .isEqualTo(-1);
        assertThat(parsed(raw("80290004" + "01020304")).i64(StunAttribute.ICE_CONTROLLED))
                .isNull();
        for (String integrity : new String[] {
            "00080000",
            "00080004" + "01020304",
            "00080018" + "010203040506070801020304050607080102030405060708",
            "001c0000",
            "001c000c" + "010203040506070809101112",
            "001c0024" + "010203040506070801020304050607080102030405060708010203040506070801020304"
        }) {
            StunMessage message = parsed(raw(integrity));
            assertThat(KEY.verifies(message, MessageIntegrity.Algorithm.SHA1)).isFalse();
            assertThat(KEY.verifies(message, MessageIntegrity.Algorithm.SHA256)).isFalse();
        }
    }

    @Test
    void I12_ofEqualAttributesTheFirstCounts() {
        StunMessage message = parsed(raw("00240004" + "00000001" + "00240004" + "00000002"));
        assertThat(message.u32(StunAttribute.PRIORITY)).isEqualTo(1);
    }

    @Test
    void I12_whatStandsBehindTheIntegrityDoesNotCount() {
        byte[] signed = StunWriter.request(StunMessage.BINDING, ID)
                .u32(StunAttribute.PRIORITY, 7)
                .integrity(KEY, MessageIntegrity.Algorithm.SHA1)
                .flag(StunAttribute.USE_CANDIDATE)
                .fingerprint()
                .toByteArray();
        StunMessage message = parsed(signed);
        assertThat(KEY.verifies(message, MessageIntegrity.Algorithm.SHA1)).isTrue();
        assertThat(message.has(StunAttribute.USE_CANDIDATE)).isFalse();
        assertThat(message.has(StunAttribute.FINGERPRINT)).isTrue();
    }

    @Test
    void I12_unknownAttributesAreListedOnce() {
        StunMessage message = parsed(raw("7777000077780000" + "77770000" + "c0570004" + "00000001"));
        assertThat(message.unknownRequired(StunAttribute.USERNAME)).containsExactly(0x7777, 0x7778);
    }

    @Test
    void I12_noBytesMakeTheParserThrow() {
        byte[][] seeds = {
            binding(),
            raw("0020000800011234aabbccdd" + "8022000361626300" + "0009000500000487" + "52000000"),
            StunWriter.request(StunMessage.BINDING, ID)
                    .text(StunAttribute.USERNAME, "abcd:efgh")
                    .u32(StunAttribute.PRIORITY, 1)
                    .integrity(KEY, MessageIntegrity.Algorithm.SHA1)
                    .integrity(KEY, MessageIntegrity.Algorithm.SHA256)
                    .toByteArray()
        };
        int count = Boolean.getBoolean("yodel.long") ? 5_000_000 : 60_000;
        for (int seed = 0; seed < count; seed++) {
            Random random = new Random(seed);
            byte[] data = seeds[seed % seeds.length].clone();
            if (seed % 7 == 0) {
                data = Arrays.copyOf(data, 20 + random.nextInt(60));
                for (int i = 20; i < data.length; i++) {
                    data[i] = (byte) random.nextInt();
                }
                Bytes.put16(data, 2, data.length - 20);
            }
            for (int change = random.nextInt(5); change > 0; change--) {
                int at = random.nextInt(data.length);
                data[at < 8 && random.nextBoolean() ? data.length - 1 : at] = (byte) random.nextInt();
            }
            try {
                use(data);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + Bytes.hex(data, 0, data.length), e);
            }
        }
    }

    private static void use(byte[] data) {
        StunMessage message = StunMessage.parse(data, 0, data.length);
        if (message == null) {
            return;
        }
        message.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS);
        message.address(StunAttribute.MAPPED_ADDRESS);
        message.errorCode();
        message.errorReason();
        message.text(StunAttribute.USERNAME);
        message.unknownRequired(StunAttribute.USERNAME);
        message.u32(StunAttribute.PRIORITY);
        message.i64(StunAttribute.ICE_CONTROLLED);
        KEY.verifies(message, MessageIntegrity.Algorithm.SHA1);
        KEY.verifies(message, MessageIntegrity.Algorithm.SHA256);
        assertThat(message.toString()).isNotEmpty();
    }
}

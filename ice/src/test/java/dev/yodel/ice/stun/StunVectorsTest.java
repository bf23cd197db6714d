package dev.yodel.ice.stun;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.yodel.io.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** RFC 5769, and RFC 8489 appendix B.1: verified as they are, and with every single bit changed. */
class StunVectorsTest {
    static List<JsonObject> vectors() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(StunVectorsTest.class.getResourceAsStream("/stun/stun_rfc5769_rfc8489.json"))) {
            List<JsonObject> vectors = new ArrayList<>();
            for (JsonElement element : JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .getAsJsonArray()) {
                vectors.add(element.getAsJsonObject());
            }
            return vectors;
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void I12_vectorIsParsedAndVerified(JsonObject vector) {
        byte[] bytes = Bytes.fromHex(vector.get("message").getAsString());
        StunMessage message = StunMessage.parse(bytes, 0, bytes.length);
        assertThat(message).isNotNull();
        assertThat(message.method()).isEqualTo(StunMessage.BINDING);
        MessageIntegrity.Algorithm algorithm =
                vector.has("mi_sha256_verified") ? MessageIntegrity.Algorithm.SHA256 : MessageIntegrity.Algorithm.SHA1;
        assertThat(key(vector).verifies(message, algorithm)).isTrue();
        assertThat(message.has(StunAttribute.FINGERPRINT)).isEqualTo(vector.has("fingerprint_verified"));
        if (vector.has("xor_mapped")) {
            byte[] value = Objects.requireNonNull(message.bytes(StunAttribute.XOR_MAPPED_ADDRESS));
            assertThat(Bytes.hex(value, 0, value.length))
                    .isEqualTo(vector.get("xor_mapped").getAsString());
            assertThat(Objects.requireNonNull(message.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS))
                            .getPort())
                    .isEqualTo(32853);
        }
        if (vector.has("userhash_verified")) {
            assertThat(message.bytes(StunAttribute.USERHASH))
                    .isEqualTo(MessageIntegrity.userhash(
                            vector.get("username").getAsString(),
                            vector.get("realm").getAsString()));
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void I12_everySingleBitChangeIsRefused(JsonObject vector) {
        byte[] bytes = Bytes.fromHex(vector.get("message").getAsString());
        MessageIntegrity key = key(vector);
        // With another type, FINGERPRINT becomes an attribute behind the integrity, which counts for nothing.
        int fingerprintType = vector.has("fingerprint_verified") ? bytes.length - 8 : bytes.length;
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            if (bit / 8 == fingerprintType || bit / 8 == fingerprintType + 1) {
                continue;
            }
            byte[] changed = bytes.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            StunMessage message = StunMessage.parse(changed, 0, changed.length);
            boolean verified = message != null
                    && (key.verifies(message, MessageIntegrity.Algorithm.SHA1)
                            || key.verifies(message, MessageIntegrity.Algorithm.SHA256));
            assertThat(verified).as("bit %d", bit).isFalse();
        }
    }

    private static MessageIntegrity key(JsonObject vector) {
        String kind = vector.get("key_kind").getAsString();
        String password = vector.get("password").getAsString();
        if (kind.startsWith("short-term")) {
            return MessageIntegrity.shortTerm(password);
        }
        String username = vector.get("username").getAsString();
        String realm = vector.get("realm").getAsString();
        return kind.contains("MD5")
                ? MessageIntegrity.longTermMd5(username, realm, password)
                : MessageIntegrity.longTermSha256(username, realm, password);
    }
}

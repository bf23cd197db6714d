package dev.yodel.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Byte for byte the packets of an independent implementation. */
final class SrtpReferenceTest {
    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void packetsEqualThoseOfTheReference(SrtpProfile profile) {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            byte[] material = new byte[profile.keyingMaterialLength()];
            random.nextBytes(material);
            ReferenceSrtp reference = new ReferenceSrtp(profile, material);
            SrtpSession session = new SrtpSession(profile, material, true);
            int ssrc = random.nextInt();
            long index = random.nextInt(1 << 15);
            for (int i = 0; i < 30; i++) {
                int payloadLength = random.nextInt(200);
                byte[] plain = Packets.rtp(random, ssrc, (int) index & 0xffff, payloadLength);
                byte[] packet = Packets.withRoom(plain, 0);
                int length = session.protectRtp(packet, 0, plain.length);
                assertThat(Arrays.copyOf(packet, Math.max(length, 0)))
                        .as("seed %d packet %d index %d", seed, i, index)
                        .isEqualTo(reference.rtp(plain, plain.length - payloadLength, index));
                index += 1 + random.nextInt(20_000);

                plain = Packets.rtcp(random, ssrc, 4 * random.nextInt(50));
                packet = Packets.withRoom(plain, 0);
                length = session.protectRtcp(packet, 0, plain.length);
                assertThat(Arrays.copyOf(packet, Math.max(length, 0)))
                        .as("seed %d compound %d", seed, i)
                        .isEqualTo(reference.rtcp(plain, i));
            }
        }
    }
}

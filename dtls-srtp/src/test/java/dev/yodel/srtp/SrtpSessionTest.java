package dev.yodel.srtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Bytes;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes in comes out, in both directions, and nothing else does. */
final class SrtpSessionTest {
    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void rtpAndRtcpArriveAsSentInBothDirections(SrtpProfile profile) {
        Random random = new Random(1);
        Pair pair = Pair.of(profile, 1);
        for (int i = 0; i < 300; i++) {
            SrtpSession from = i % 2 == 0 ? pair.client() : pair.server();
            SrtpSession to = i % 2 == 0 ? pair.server() : pair.client();
            byte[] plain = Packets.rtp(random, 1000 + i % 3, i, random.nextInt(1400));
            int offset = random.nextInt(20);
            byte[] packet = Packets.withRoom(plain, offset);
            int sealed = from.protectRtp(packet, offset, plain.length);
            assertThat(sealed).isEqualTo(plain.length + profile.rtpOverhead());
            assertThat(to.unprotectRtp(packet, offset, sealed)).isEqualTo(plain.length);
            assertThat(Arrays.copyOfRange(packet, offset, offset + plain.length))
                    .isEqualTo(plain);

            plain = Packets.rtcp(random, 1000 + i % 3, 4 * random.nextInt(40));
            packet = Packets.withRoom(plain, offset);
            sealed = from.protectRtcp(packet, offset, plain.length);
            assertThat(sealed).isEqualTo(plain.length + profile.rtcpOverhead());
            assertThat(to.unprotectRtcp(packet, offset, sealed)).isEqualTo(plain.length);
            assertThat(Arrays.copyOfRange(packet, offset, offset + plain.length))
                    .isEqualTo(plain);
        }
        assertThat(pair.client().receivedSsrcs()).isEqualTo(3);
        assertThat(pair.client().count(SrtpResult.OK)).isEqualTo(600);
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void payloadIsEncryptedAndHeaderIsNot(SrtpProfile profile) {
        byte[] plain = Packets.rtp(new Random(2), 5, 6, 100);
        byte[] packet = Packets.withRoom(plain, 0);
        Pair.of(profile, 3).client().protectRtp(packet, 0, plain.length);
        int headerLength = plain.length - 100;
        assertThat(Arrays.mismatch(packet, plain)).isGreaterThanOrEqualTo(headerLength);
        assertThat(Bytes.hex(packet, headerLength, 100)).isNotEqualTo(Bytes.hex(plain, headerLength, 100));
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void aPacketWithoutRoomBehindItIsTheCallersMistake(SrtpProfile profile) {
        SrtpSession session = Pair.of(profile, 4).client();
        byte[] plain = Packets.rtp(new Random(2), 5, 6, 100);
        assertThatThrownBy(() -> session.protectRtp(plain, 0, plain.length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leave " + profile.rtpOverhead() + " bytes");
        assertThatThrownBy(() -> new SrtpSession(profile, new byte[7], true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("" + profile.keyingMaterialLength());
    }

    @ParameterizedTest
    @EnumSource(SrtpResult.class)
    void resultsHaveCodes(SrtpResult result) {
        assertThat(SrtpResult.of(result.code())).isEqualTo(result);
        assertThat(result.code()).isLessThanOrEqualTo(0);
    }
}

package dev.yodel.interop.negotiation;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A storm may excuse itself by a fault of the browser's only where nothing of ours could have caused it. */
class PlacementTest {
    private static final String OLD = section("0", 1_000);
    private static final String NEW = OLD + section("1", 2_000);

    private final SentPackets packets = new SentPackets();
    private final Placement placement = new Placement(packets);

    private static String section(String mid, long ssrc) {
        return "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:" + mid
                + "\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=rtpmap:111 opus/48000/2\r\na=ssrc:" + ssrc
                + " cname:us\r\n";
    }

    /** A packet whose extension, in the one-byte form, has one element (RFC 8285 4.2). */
    private void send(int ssrc, int payloadType, int extension, char mid) {
        byte[] packet = {
            (byte) 0x90,
            (byte) payloadType,
            0,
            1,
            0,
            0,
            0,
            1,
            0,
            0,
            (byte) (ssrc >> 8),
            (byte) ssrc,
            (byte) 0xbe,
            (byte) 0xde,
            0,
            1,
            (byte) (extension << 4),
            (byte) mid,
            0,
            0,
            1,
            2,
            3
        };
        assertThat(packets.passes(packet, 0, packet.length, new InetSocketAddress(9)))
                .isTrue();
    }

    private List<String> faults() {
        return placement.faults(2_000, "1", "0");
    }

    @Test
    void packetsThatSayWhereTheyBelongAndOvertakeTheAnswerAreNoFault() {
        placement.heard(OLD, false);
        send(2_000, 111, 4, '1');
        placement.answer("v=0\r\n" + NEW);
        // The MID ends when the peer has it.
        send(2_000, 111, 9, 'x');
        assertThat(faults()).isEmpty();
        assertThat(placement.story()).hasSize(1);
    }

    @Test
    void packetsOfAnotherSectionAreOurFault() {
        placement.heard(OLD, false);
        send(2_000, 111, 4, '0');
        placement.answer("v=0\r\n" + NEW);
        assertThat(faults()).contains("its packets do not say where they belong");
    }

    @Test
    void packetsOfNoSectionAreOurFault() {
        placement.heard(OLD, false);
        send(2_000, 111, 3, '1');
        placement.answer("v=0\r\n" + NEW);
        assertThat(faults()).containsExactly("its packets do not say where they belong");
    }

    @Test
    void aForeignPayloadTypeIsOurFault() {
        placement.heard(OLD, false);
        send(2_000, 96, 4, '1');
        placement.answer("v=0\r\n" + NEW);
        assertThat(faults()).containsExactly("its packets have payload types that no description gives it");
    }

    @Test
    void aSourceOfTwoSectionsIsOurFault() {
        placement.heard(OLD, false);
        send(2_000, 111, 4, '1');
        placement.answer("v=0\r\n" + section("0", 2_000));
        placement.answer("v=0\r\n" + NEW);
        assertThat(faults()).containsExactly("descriptions have it in other sections");
    }

    @Test
    void packetsAfterTheAnswerAreNotFirefoxsKnownFault() {
        placement.answer("v=0\r\n" + NEW);
        send(2_000, 111, 4, '1');
        assertThat(faults()).containsExactly("its first packet came when the page knew it");
    }

    @Test
    void packetsAfterAnAnsweredOfferAreNotFirefoxsKnownFault() {
        placement.offer("v=0\r\n" + NEW);
        placement.heard(OLD, true);
        send(2_000, 111, 4, '1');
        assertThat(faults()).containsExactly("its first packet came when the page knew it");
    }

    @Test
    void anOlderSectionThatHasItsPacketsIsNotFirefoxsKnownFault() {
        placement.heard(OLD, false);
        send(1_000, 111, 4, '0');
        send(2_000, 111, 4, '1');
        placement.answer("v=0\r\n" + NEW);
        assertThat(faults()).containsExactly("packets of the other section were sent before");
    }

    @Test
    void whatWasNotSentOrNotToldIsOurFault() {
        assertThat(faults()).containsExactly("it has sent nothing");
        placement.heard(OLD, false);
        send(2_000, 111, 4, '1');
        assertThat(faults()).containsExactly("no description has it");
    }
}

package dev.yodel.ice.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.AddressLiteral;
import dev.yodel.io.Bytes;
import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which peers a relay may reach (RFC 8656 section 21; THREATS.md U05, I11). */
class PeerPolicyTest {
    private static InetAddress address(String text) {
        return Objects.requireNonNull(AddressLiteral.parse(text), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "224.0.0.251",
                "239.255.255.250",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::127.0.0.1",
                "::8.8.8.8",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::ffff:0:127.0.0.1",
                "64:ff9b::127.0.0.1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::8.8.8.8",
                "100::1",
                "2002:7f00:1::",
                "2002:c0a8:101::1",
                "2002:a9fe:a9fe::",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::fb",
                "ff0e::1",
                "2a00:1450:1::5efe:10.0.0.1",
                "2a00:1450:1::200:5efe:127.0.0.1",
                // Teredo: a private server, and a client 192.168.0.1 with its bits inverted.
                "2001:0:a00:1::f5ff:fffe",
                "2001:0:4137:9e76::3f57:fffe",
            })
    void U05_insideAddressesAreRefused(String peer) {
        assertThat(PeerPolicy.PUBLIC.allows(address(peer))).as(peer).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.1",
                "192.167.1.1", "192.0.2.1", "198.51.100.7", "203.0.113.9", "223.255.255.255", "2001:db8::1",
                "2a00:1450:4001::5e", "64:ff9b::8.8.8.8", "2002:808:808::1", "2001:0:4137:9e76::f7f7:f7f7",
            })
    void publicAddressesAreAllowed(String peer) {
        assertThat(PeerPolicy.PUBLIC.allows(address(peer))).as(peer).isTrue();
    }

    @Test
    void U05_mappedBytesThatNeverBecameIpv4AreRefused() {
        byte[] mapped = Bytes.fromHex("00000000000000000000ffff7f000001");
        assertThat(PeerPolicy.PUBLIC.allows(mapped)).isFalse();
        assertThat(PeerPolicy.PUBLIC.allowing(AddressRange.parse("::/0")).allows(mapped))
                .as("all of IPv6 does not mean loopback in disguise")
                .isFalse();
        assertThat(PeerPolicy.PUBLIC.allows(Bytes.fromHex("00000000000000000000ffff08080808")))
                .isTrue();
    }

    @Test
    void U05_aRangeCanBeAllowedButNeverWhatIsNoPeer() {
        PeerPolicy lab = PeerPolicy.PUBLIC.allowing(AddressRange.parse("10.1.0.0/16"));
        assertThat(lab.allows(address("10.1.2.3"))).isTrue();
        assertThat(lab.allows(address("10.2.2.3"))).isFalse();
        assertThat(lab.allows(address("127.0.0.1"))).isFalse();
        PeerPolicy all =
                PeerPolicy.PUBLIC.allowing(AddressRange.parse("0.0.0.0/0")).allowing(AddressRange.parse("::/0"));
        assertThat(all.allows(address("192.168.1.1"))).isTrue();
        for (String never : new String[] {"0.0.0.0", "255.255.255.255", "224.0.0.1", "::", "ff02::1"}) {
            assertThat(all.allows(address(never))).as(never).isFalse();
        }
    }

    @Test
    void loopbackIsForTests() {
        PeerPolicy loopback = PeerPolicy.PUBLIC.allowingLoopback();
        assertThat(loopback.allows(address("127.0.0.1"))).isTrue();
        assertThat(loopback.allows(address("::1"))).isTrue();
        assertThat(loopback.allows(address("::2"))).isFalse();
        assertThat(loopback.allows(address("10.0.0.1"))).isFalse();
        assertThat(loopback.denying(AddressRange.parse("127.0.0.53")).allows(address("127.0.0.53")))
                .as("what is denied cannot be allowed")
                .isFalse();
    }

    @Test
    void rangesAreReadFromTextAndMistakesAreNamed() {
        assertThat(AddressRange.parse("192.0.2.0/25").contains(address("192.0.2.127")))
                .isTrue();
        assertThat(AddressRange.parse("192.0.2.0/25").contains(address("192.0.2.128")))
                .isFalse();
        assertThat(AddressRange.parse("192.0.2.77/24")).isEqualTo(AddressRange.parse("192.0.2.1/24"));
        assertThat(AddressRange.parse("2001:db8::/33").contains(address("2001:db8:8000::")))
                .isFalse();
        assertThat(AddressRange.parse("192.0.2.1").contains(address("192.0.2.2")))
                .isFalse();
        assertThat(AddressRange.parse("0.0.0.0/0").contains(address("::1"))).isFalse();
        for (String wrong : new String[] {"192.0.2.0/33", "example.org/8", "192.0.2.0/x", "192.0.2.0/-1", ""}) {
            assertThatThrownBy(() -> AddressRange.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}

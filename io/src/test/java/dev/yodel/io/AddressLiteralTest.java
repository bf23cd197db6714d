package dev.yodel.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressLiteralTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "192.0.2.255", "2001:db8:0:0:0:0:0:1", "1:2:3:4:5:6:7:8"})
    void addressesAreRead(String text) {
        InetAddress address = AddressLiteral.parse(text);
        assertThat(address).isNotNull();
        assertThat(address.getHostAddress()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"::", "::1", "1::", "2001:db8::1", "fe80::1:2", "[::1]", "::192.0.2.1"})
    void shortFormsAreRead(String text) throws Exception {
        assertThat(AddressLiteral.parse(text)).isEqualTo(InetAddress.getByName(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "256.1.1.1",
                "1..2.3",
                "0001.2.3.4",
                "a.b",
                "1.2.3.4 ",
                ":",
                "::g",
                "1:2",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:",
                "12345::",
                "::1.2.3",
                "[]",
                "[:]",
                "[::1",
                "fe80::1%eth0",
                "localhost"
            })
    void otherTextsAreNot(String text) {
        assertThat(AddressLiteral.parse(text)).isNull();
    }

    @Test
    void mappedAddressesBecomeIpv4() {
        InetAddress address = AddressLiteral.parse("::ffff:169.254.169.254");
        assertThat(address).isNotNull();
        assertThat(address.getHostAddress()).isEqualTo("169.254.169.254");
        assertThat(AddressLiteral.parse("::ffff:7f00:1")).isEqualTo(AddressLiteral.parse("127.0.0.1"));
    }
}

package dev.yodel.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressLiteralTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "192.0.2.255", "2001:db8:0:0:0:0:0:1"})
    void addressesAreRead(String text) {
        InetAddress address = AddressLiteral.parse(text);
        assertThat(address).isNotNull();
        assertThat(address.getHostAddress()).isEqualTo(text);
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
                "1:2"
            })
    void otherTextsAreNot(String text) {
        assertThat(AddressLiteral.parse(text)).isNull();
    }

    @Test
    void mappedAddressesBecomeIpv4() {
        InetAddress address = AddressLiteral.parse("::ffff:169.254.169.254");
        assertThat(address).isNotNull();
        assertThat(address.getHostAddress()).isEqualTo("169.254.169.254");
    }
}

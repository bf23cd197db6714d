package dev.yodel.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Time;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IceOptionsTest {
    private static @Nullable InetSocketAddress publicAddress(String text) {
        return IceOptions.builder().publicAddress(text).build().publicAddress();
    }

    @Test
    void publicAddressesAreAddresses() {
        assertThat(publicAddress("203.0.113.5")).isEqualTo(new InetSocketAddress("203.0.113.5", 0));
        assertThat(publicAddress("203.0.113.5:40000")).isEqualTo(new InetSocketAddress("203.0.113.5", 40_000));
        assertThat(publicAddress("2001:db8::1")).isEqualTo(new InetSocketAddress("2001:db8::1", 0));
        assertThat(publicAddress("[2001:db8::1]:40000")).isEqualTo(new InetSocketAddress("2001:db8::1", 40_000));
        for (String wrong : new String[] {
            "", "example.org", "203.0.113.5:port", "203.0.113.5:-1", "0.0.0.0:1", "1.2.3:4", "203.0.113.5:70000"
        }) {
            assertThatThrownBy(() -> IceOptions.builder().publicAddress(wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> IceOptions.builder().portRange(10, 9)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void toBuilderKeepsEveryValue() throws ReflectiveOperationException {
        IceOptions all = IceOptions.builder()
                .stunServers(List.of(new StunServer("192.0.2.1", 3478)))
                .turnServers(List.of(new TurnServer("192.0.2.1", 3478, "user", "pass")))
                .relayOnly(true)
                .taNanos(7 * Time.MILLISECOND)
                .addressPolicy((address, loopback) -> true)
                .addressFilter(address -> false)
                .resolveHostNames(true)
                .lite(true)
                .receiveWithoutConsent(true)
                .portRange(5, 6)
                .publicAddress("203.0.113.5:7")
                .tcp(TcpType.PASSIVE)
                .proxy("socks5://proxy.test")
                .renomination(true)
                .mdnsNames(true)
                .candidateTypes(CandidateType.HOST)
                .build();
        IceOptions copy = all.toBuilder().build();
        int compared = 0;
        for (Method getter : IceOptions.class.getMethods()) {
            if (getter.getDeclaringClass() == IceOptions.class
                    && !Modifier.isStatic(getter.getModifiers())
                    && !getter.getName().equals("toBuilder")) {
                assertThat(getter.invoke(copy)).as(getter.getName()).isEqualTo(getter.invoke(all));
                assertThat(getter.invoke(all)).as(getter.getName()).isNotEqualTo(getter.invoke(IceOptions.DEFAULT));
                compared++;
            }
        }
        assertThat(compared).isEqualTo(16);
    }
}

package dev.yodel.webrtc.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.ice.StunServer;
import dev.yodel.ice.TurnServer;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.InvalidAccessException;
import dev.yodel.webrtc.NotSupportedException;
import dev.yodel.webrtc.SyntaxException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs of servers (RFC 7064, RFC 7065) and W3C's checks of them. */
class IceServerUrlsTest {
    private static IceServerUrls of(String url) {
        return IceServerUrls.of(List.of(IceServer.of(url, "user", "secret")));
    }

    @ParameterizedTest
    @CsvSource({
        "stun:example.org, stun:example.org:3478",
        "STUN:example.org:19302, stun:example.org:19302",
        "stun:192.0.2.1, stun:192.0.2.1:3478",
        "stun:[2001:db8::1], stun:[2001:db8::1]:3478",
        "stun:[2001:db8::1]:3479, stun:[2001:db8::1]:3479",
        "stun:under_score.example-1.org, stun:under_score.example-1.org:3478",
        "stuns:example.org, stuns:example.org:5349",
        "stuns:[2001:db8::1]:443, stuns:[2001:db8::1]:443"
    })
    void stunUrls(String url, String normal) {
        IceServerUrls urls = of(url);
        assertThat(urls.turn()).isEmpty();
        assertThat(urls.stun()).extracting(StunServer::url).containsExactly(normal);
    }

    @ParameterizedTest
    @CsvSource({
        "turn:example.org, turn:example.org:3478?transport=udp",
        "turn:example.org?transport=udp, turn:example.org:3478?transport=udp",
        "turn:[2001:db8::1]:80?transport=udp, turn:[2001:db8::1]:80?transport=udp",
        "turn:example.org?transport=tcp, turn:example.org:3478?transport=tcp",
        "turns:example.org, turns:example.org:5349?transport=tcp",
        "turns:example.org:443?transport=tcp, turns:example.org:443?transport=tcp"
    })
    void turnUrls(String url, String normal) {
        IceServerUrls urls = of(url);
        assertThat(urls.stun()).isEmpty();
        assertThat(urls.turn()).extracting(TurnServer::url).containsExactly(normal);
        assertThat(urls.turn()).extracting(TurnServer::username).containsExactly("user");
        assertThat(urls.turn().toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "stun",
                "stun:",
                "relative-url",
                "http://example.org",
                "stun://example.org",
                "turn://example.org",
                "stun:example.org:",
                "stun:example.org:0",
                "stun:example.org:65536",
                "stun:example.org:port",
                "stun:example.org:+1",
                "stun:2001:db8::1",
                "stun:[2001:db8::1",
                "stun:[2001:db8::1]x",
                "stun:[192.0.2.1]",
                "stun:[example.org]",
                "stun:user@example.org",
                "stun:example.org/path",
                "stun:example.org#fragment",
                "stun:example.org?transport=udp",
                "stuns:example.org?transport=tcp",
                "stun:exa mple.org",
                "turn:example.org?",
                "turn:example.org?foo=bar",
                "turn:example.org?transport=",
                "turn:example.org?transport=sctp",
                "turn:example.org?transport=udp&transport=tcp",
                "turn:example.org#fragment"
            })
    void whatIsNoUrlIsASyntaxError(String url) {
        assertThatThrownBy(() -> of(url)).isInstanceOf(SyntaxException.class);
    }

    @Test
    void turnOverDtlsIsNotSupported() {
        assertThatThrownBy(() -> of("turns:example.org?transport=udp")).isInstanceOf(NotSupportedException.class);
    }

    @Test
    void aTurnServerNeedsCredentials() {
        assertThatThrownBy(() -> IceServerUrls.of(List.of(IceServer.of("turn:example.org"))))
                .isInstanceOf(InvalidAccessException.class);
        IceServer noPassword = new IceServer(List.of("turn:example.org"), "user", null);
        assertThatThrownBy(() -> IceServerUrls.of(List.of(noPassword))).isInstanceOf(InvalidAccessException.class);
        assertThat(IceServerUrls.of(List.of(IceServer.of("turn:example.org", "", "")))
                        .turn())
                .hasSize(1);
        String longest = "x".repeat(509);
        assertThat(IceServerUrls.of(List.of(IceServer.of("turn:example.org", longest, "p")))
                        .turn())
                .hasSize(1);
        assertThatThrownBy(() -> IceServerUrls.of(List.of(IceServer.of("turn:example.org", longest + "x", "p"))))
                .isInstanceOf(InvalidAccessException.class);
    }

    @Test
    void everyUrlOfEveryServerCounts() {
        IceServerUrls urls = IceServerUrls.of(List.of(
                IceServer.of("stun:a.example"),
                new IceServer(List.of("turn:b.example", "stun:c.example", "turn:d.example"), "user", "secret")));
        assertThat(urls.stun()).extracting(StunServer::host).containsExactly("a.example", "c.example");
        assertThat(urls.turn()).extracting(TurnServer::host).containsExactly("b.example", "d.example");
        assertThatThrownBy(() -> IceServerUrls.of(List.of(new IceServer(List.of(), null, null))))
                .isInstanceOf(SyntaxException.class);
        assertThatThrownBy(() -> IceServerUrls.of(List.of(new IceServer(List.of("stun:a.example", ""), null, null))))
                .isInstanceOf(SyntaxException.class);
    }
}

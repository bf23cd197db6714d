package dev.yodel.whip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.webrtc.IceServer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RFC 9725 section 4.6, RFC 8288 section 3. */
class IceServerLinkTest {
    @Test
    void serversAreWrittenAndReadBack() {
        final IceServer stun = IceServer.of("stun:stun.example.net");
        final IceServer turn = IceServer.of("turn:turn.example.net?transport=udp", "us\"e\\r", "my, pass; word");
        assertThat(IceServerLink.write(stun)).containsExactly("<stun:stun.example.net>; rel=\"ice-server\"");
        assertThat(IceServerLink.read(IceServerLink.write(turn))).containsExactly(turn);
        final String both = IceServerLink.write(stun).get(0) + ", "
                + IceServerLink.write(turn).get(0);
        assertThat(IceServerLink.read(List.of(both))).containsExactly(stun, turn);
    }

    @Test
    void aServerWithSeveralUrlsIsSeveralLinks() {
        final IceServer server = new IceServer(List.of("turn:a.example", "turns:a.example"), "u", "p");
        assertThat(IceServerLink.read(IceServerLink.write(server)))
                .extracting(one -> one.urls().get(0))
                .containsExactly("turn:a.example", "turns:a.example");
    }

    @Test
    void whatIsNoServerIsPassedOver() {
        assertThat(IceServerLink.read(List.of(
                        "<https://example.org/sse>; rel=\"urn:ietf:params:whip:ext:example\"",
                        "<http://example.org>; rel=ice-server",
                        "<turn:a.example>; rel=ice-server; credential-type=oauth",
                        "nonsense",
                        "<stun:",
                        "<stun:b.example>; rel=ice-server; unknown=1")))
                .containsExactly(IceServer.of("stun:b.example"));
    }

    @Test
    void lineEndsCannotBeSmuggledIntoHeaders() {
        assertThatThrownBy(() -> IceServerLink.write(IceServer.of("turn:a.example", "user\r\nX: y", "p")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anyTextGivesAListAndAtMostThirtyTwoServers() {
        final Random random = new Random(8288);
        final String alphabet = "<>;,=\" \\\tstun:rel=\"ice-server\"";
        for (int i = 0; i < 20_000; i++) {
            final StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(60); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(IceServerLink.read(List.of(text.toString())))
                    .as(text.toString())
                    .hasSizeLessThanOrEqualTo(32);
        }
        assertThat(IceServerLink.read(List.of("<stun:a>;rel=ice-server,".repeat(1000))))
                .hasSize(32);
    }
}

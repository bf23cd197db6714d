package dev.yodel.sdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RFC 8840 section 9: fragments that carry candidates, and what is none. */
class SdpFragmentTest {
    private static final String TRICKLED =
            """
            a=ice-options:trickle ice2\r
            a=group:BUNDLE 0 1\r
            m=audio 9 UDP/TLS/RTP/SAVPF 111\r
            a=mid:0\r
            a=ice-ufrag:EsAw\r
            a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r
            a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r
            a=candidate:2 1 udp 2122194687 198.51.100.2 61765 typ host\r
            a=end-of-candidates\r
            """;

    @Test
    void aFragmentIsReadAndWrittenBackLetterForLetter() throws SdpParseException {
        SdpFragment fragment = SdpFragment.parse(TRICKLED);
        assertThat(fragment.write()).isEqualTo(TRICKLED);
        assertThat(fragment.media()).hasSize(1);
        MediaSection section = fragment.media().get(0);
        assertThat(section.mid()).isEqualTo("0");
        assertThat(section.candidates()).hasSize(2);
        assertThat(fragment.iceUfrag(section)).isEqualTo("EsAw");
        assertThat(fragment.icePwd(section)).isEqualTo("P2uYro0UCOQ4zxjKXaWCBui1");
        assertThat(fragment.hasEndOfCandidates(section)).isTrue();
        assertThat(fragment.toString()).doesNotContain("P2uYro0UCOQ4zxjKXaWCBui1");
    }

    @Test
    void credentialsBeforeTheSectionsHoldForAll() throws SdpParseException {
        SdpFragment fragment =
                SdpFragment.parse("a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\nm=audio 9 RTP/AVP 0\na=mid:x\n");
        MediaSection section = fragment.media().get(0);
        assertThat(fragment.iceUfrag(section)).isEqualTo("abcd");
        assertThat(fragment.icePwd(section)).isEqualTo("0123456789012345678901");
        assertThat(fragment.hasEndOfCandidates(section)).isFalse();
    }

    @Test
    void aFragmentMayBeEmpty() throws SdpParseException {
        assertThat(SdpFragment.parse("").media()).isEmpty();
        assertThat(SdpFragment.parse("").write()).isEmpty();
    }

    @Test
    void aComposedFragmentIsReadBackAsEqual() throws SdpParseException {
        MediaSection section = MediaSection.builder("video", "UDP/TLS/RTP/SAVPF")
                .format(96)
                .add(new Mid("1"))
                .add(new IceUfrag("abcd"))
                .add(new CandidateLine("1 1 udp 1 192.0.2.1 9 typ host"))
                .build();
        SdpFragment fragment = SdpFragment.of(List.of(new IceOptions(List.of("trickle"))), List.of(section));
        assertThat(fragment.write()).doesNotContain("c=");
        assertThat(SdpFragment.parse(fragment.write())).isEqualTo(fragment).hasSameHashCodeAs(fragment);
    }

    @Test
    void whatIsNoFragmentIsRefusedWithItsLine() {
        assertThatThrownBy(() -> SdpFragment.parse("v=0\r\n"))
                .hasMessageContaining("line 1: a fragment has attributes");
        assertThatThrownBy(() -> SdpFragment.parse("a=mid:0\r\nc=IN IP4 0.0.0.0\r\n"))
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> SdpFragment.parse("m=audio\r\n")).isInstanceOf(SdpParseException.class);
        assertThatThrownBy(() -> SdpFragment.parse("a".repeat(SdpParser.MAX_CHARS + 1)))
                .isInstanceOf(SdpParseException.class);
        assertThatThrownBy(() -> SdpFragment.parse("a=ice-pwd:sec ret\r\n"))
                .isInstanceOf(SdpParseException.class)
                .hasMessageNotContaining("sec ret");
    }

    @Test
    void J01_everyTruncationAndMutationGivesAValueOrAParseException() {
        Random random = new Random(8840);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder(TRICKLED.substring(0, random.nextInt(TRICKLED.length() + 1)));
            for (int edits = random.nextInt(5); edits > 0 && text.length() > 0; edits--) {
                text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
            }
            try {
                SdpFragment read = SdpFragment.parse(text.toString());
                assertThat(SdpFragment.parse(read.write())).as("mutation %d", i).isEqualTo(read);
            } catch (SdpParseException refused) {
                assertThat(refused.lineNumber()).as("mutation %d", i).isPositive();
            }
        }
    }
}

package dev.yodel.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Duplicates, conflicts and what a transport needs. A row is the line behind which something is inserted, or that is
 * replaced (a leading {@code !}), what is put there, and a part of the reason; the problem stands on the last line put.
 */
class ConflictsTest {
    private static final String PT = "m=audio 9 UDP/TLS/RTP/SAVPF ";

    static final List<Arguments> CONFLICTS = List.of(
            row("a=mid:1", "!a=mid:0", "another section has this mid"),
            row("a=mid:2", "!a=mid:1", "another section has this mid"),
            row("a=mid:0", "a=mid:0", "a second mid"),
            row("a=mid:0", "a=mid:7", "a second mid"),
            row("a=group", "!a=group:BUNDLE 0 1 1 2", "bundled twice"),
            row("a=group", "!a=group:BUNDLE 0 0 1 2", "bundled twice"),
            row("a=group", "a=group:BUNDLE 2", "bundled twice"),
            row("a=group", "a=group:BUNDLE 0 1", "bundled twice"),
            row("a=group", "!a=group:BUNDLE 0 1 2 3", "no section has mid 3"),
            row("a=group", "!a=group:BUNDLE audio", "no section has mid audio"),
            row("a=group", "a=group:BUNDLE x", "no section has mid x"),
            row("m=audio", "!" + PT + "111 111", "stands there twice"),
            row("m=audio", "!" + PT + "111 0 0", "stands there twice"),
            row("m=audio", "!" + PT + "0 111 8 111", "stands there twice"),
            row("m=audio", "!" + PT + "111 0 00 0", "stands there twice"),
            row("a=rtpmap:111", "a=rtpmap:111 G722/8000", "a second codec"),
            row("a=rtpmap:111", "a=rtpmap:111 opus/48000", "a second codec"),
            row("a=rtpmap:111", "a=rtpmap:111 opus/16000/2", "a second codec"),
            row("a=rtpmap:96", "a=rtpmap:96 VP9/90000", "a second codec"),
            row("a=rtpmap:96", "a=rtpmap:97 VP9/90000", "a second codec", true),
            row("a=fmtp:111", "a=fmtp:111 minptime=20", "other parameters"),
            row("a=fmtp:111", "a=fmtp:111 minptime=10;useinbandfec=0", "other parameters"),
            row("a=fmtp:111", "a=fmtp:111", "other parameters"),
            row("a=fmtp:97", "a=fmtp:97 apt=97", "other parameters"),
            row("a=extmap:1", "a=extmap:1 urn:a", "extmap id 1 is taken"),
            row("a=extmap:1", "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level", "extmap id 1 is taken"),
            row("a=extmap:4", "a=extmap:1/sendonly urn:b", "extmap id 1 is taken"),
            row("a=extmap:4", "a=extmap:4/recvonly urn:b", "extmap id 4 is taken"),
            row("a=extmap:1", "a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level", "has id 1 already"),
            row("a=extmap:1", "a=extmap:2/sendonly urn:ietf:params:rtp-hdrext:ssrc-audio-level", "has id 1 already"),
            row("a=extmap:1", "a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:ssrc-audio-level", "has id 1 already"),
            row("a=ssrc:1161213726", "a=ssrc:1161213726 cname:other", "a second cname"),
            row("a=ssrc:1161213726", "a=ssrc:1161213726 cname:", "a second cname"),
            row("a=ssrc:1 ", "a=ssrc:1161213726 cname:9H9AS4A0tewe6jhR", "another section has this ssrc"),
            row("a=ssrc:1 ", "a=ssrc:1161213726 msid:s video", "another section has this ssrc"),
            row("a=ssrc:2", "a=ssrc:2 cname:z", "a second cname"),
            row("a=ssrc-group", "!a=ssrc-group:FID 1 1", "twice"),
            row("a=ssrc-group", "!a=ssrc-group:FID 1", "has two sources"),
            row("a=ssrc-group", "!a=ssrc-group:FID 1 2 3", "has two sources"),
            row("a=ssrc-group", "!a=ssrc-group:FID", "has two sources"),
            row("a=ssrc-group", "!a=ssrc-group:SIM 1 2 1", "twice"),
            row("a=msid:s audio", "a=msid:t other", "a second track"),
            row("a=msid:s audio", "a=msid:s other", "a second track"),
            row("a=msid:s video", "a=msid:s", "twice"),
            row("a=rid:hi", "a=rid:hi send", "a second rid"),
            row("a=rid:hi", "a=rid:hi recv", "a second rid"),
            row("a=rid:lo", "a=rid:lo send pt=96", "a second rid"),
            row("a=rid:lo", "!a=rid:lo send pt=98", "that the section does not have"),
            row("a=rid:lo", "!a=rid:lo send pt=96,111", "that the section does not have"),
            row("a=simulcast", "a=simulcast:send lo", "a second simulcast"),
            row("a=simulcast", "!a=simulcast:send hi;mid", "no rid line mid"),
            row("a=simulcast", "!a=simulcast:send hi,x;lo", "no rid line x"),
            row("a=simulcast", "!a=simulcast:send hi;hi", "rid hi twice"),
            row("a=simulcast", "!a=simulcast:send hi,~hi", "rid hi twice"),
            row("a=simulcast", "!a=simulcast:recv hi;lo", "goes the other way"),
            row("a=simulcast", "!a=simulcast:send hi recv lo", "goes the other way"),
            row("a=simulcast", "!a=simulcast:send hi recv hi", "rid hi twice"),
            row("a=setup", "a=setup:actpass", "a second setup"),
            row("a=setup", "a=setup:passive", "a second setup"),
            row("a=ice-ufrag", "a=ice-ufrag:other", "a second ice-ufrag"),
            row("a=ice-pwd", "a=ice-pwd:t2S6384m5a/tNO5oxVlS5T6W", "a second ice-pwd"),
            row("a=ice-options", "a=ice-options:ice2", "a second ice-options"),
            row("a=tls-id", "a=tls-id:01bbf309c0990a6bec11e38ba2933cee", "a second tls-id"),
            row("a=sendrecv", "a=recvonly", "a second direction"),
            row("a=sendrecv", "a=inactive", "a second direction"),
            row("a=rtcp:", "a=rtcp:10", "a second rtcp"),
            row("a=ptime", "a=ptime:40", "a second ptime"),
            row("a=maxptime", "a=maxptime:40", "a second maxptime"),
            row("a=sctp-port", "a=sctp-port:5001", "a second sctp-port"),
            row("a=sctp-init", "a=sctp-init:AQAA", "a second sctp-init"),
            row("a=max-message-size", "a=max-message-size:1", "a second max-message-size"));

    static final List<Arguments> UNUSABLE = List.of(
            row("a=ice-ufrag", "!a=ice-ufrag:NDQ", "must have 4 to 256"),
            row("a=ice-ufrag", "!a=ice-ufrag:" + "u".repeat(257), "must have 4 to 256"),
            row("a=ice-ufrag", "!a=ice-ufrag:ND:Qh", "letters, digits, + and /"),
            row("a=ice-ufrag", "!a=ice-ufrag:ND=Qh", "letters, digits, + and /"),
            row("a=ice-ufrag", "!a=ice-ufrag:N\u00e4Qh", "letters, digits, + and /"),
            row("a=ice-pwd", "!a=ice-pwd:t2S6384m5a/tNO5oxVlS5", "must have 22 to 256"),
            row("a=ice-pwd", "!a=ice-pwd:" + "p".repeat(257), "must have 22 to 256"),
            row("a=ice-pwd", "!a=ice-pwd:t2S6384m5a/tNO5oxVlS5T6-", "letters, digits, + and /"),
            row("a=fingerprint", "!a=fingerprint:sha-256 5D:83:66:80", "32 bytes is expected"),
            row("a=fingerprint", "!a=fingerprint:sha-1 5D:83", "20 bytes is expected"),
            row("a=fingerprint", "!a=fingerprint:SHA-512 5D:83", "64 bytes is expected"),
            row("a=fingerprint", "!a=fingerprint:sha-384 5D:83", "48 bytes is expected"),
            row("a=fingerprint", "!a=fingerprint:sha-224 5D:83", "28 bytes is expected"),
            row("a=setup", "!a=setup:holdconn", "holdconn is not used"));

    static Stream<String> captures() {
        return SdpTest.captures();
    }

    @Test
    void theGoodOfferIsGood() throws SdpParseException {
        assertThat(SdpValidator.offer(Sdp.parse(new GoodOffer().text()))).isEmpty();
    }

    @Test
    void theSameStreamTwiceLetterForLetterIsNoConflict() throws SdpParseException {
        String text = new GoodOffer().text();
        String twice = text.replace("a=msid:s audio", "a=msid:s audio\r\na=msid:s audio");
        assertThat(twice).isNotEqualTo(text);
        assertThat(SdpValidator.offer(Sdp.parse(twice))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("captures")
    void whatRealPeersSendIsGood(String name) throws SdpParseException {
        Sdp sdp = Sdp.parse(Captures.read(name));
        assertThat(name.contains("answer") ? SdpValidator.answer(sdp) : SdpValidator.offer(sdp))
                .isEmpty();
    }

    @ParameterizedTest
    @FieldSource("CONFLICTS")
    void J05_duplicatesAndConflictsAreNamedWithTheirLine(String beginning, String put, String reason, boolean later)
            throws SdpParseException {
        assertProblem(beginning, put, reason, later);
    }

    /** Firefox gives a number to two codecs; what its packets belong to is told by their MID (RFC 9143 9.1, 9.2). */
    @ParameterizedTest
    @ValueSource(strings = {"a=rtpmap:111 VP8/90000", "a=rtpmap:111 opus/48000"})
    void J05_aNumberForTwoCodecsOfABundleNeedsTheMid(String line) throws SdpParseException {
        String text = new GoodOffer()
                .insertAfter(GoodOffer.lineNumber("a=rtpmap:96"), line)
                .text();
        assertThat(SdpValidator.offer(Sdp.parse(text))).isEmpty();
        String unnamed = text.replace("a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid", "a=extmap:4 urn:example");
        assertThat(SdpValidator.offer(Sdp.parse(unnamed)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.toString()).contains("the bundle has another codec"));
    }

    @Test
    void J05_theTableHasAtLeast70Rows() {
        assertThat(CONFLICTS.size()).isGreaterThanOrEqualTo(70);
    }

    @Test
    void J05_aRepeatedLineWithOneMeaningIsNoConflict() throws SdpParseException {
        GoodOffer offer = new GoodOffer()
                .insertAfter(GoodOffer.lineNumber("a=rtpmap:111"), "a=rtpmap:111 OPUS/48000/2")
                .insertAfter(GoodOffer.lineNumber("a=rtcp-mux"), "a=rtcp-mux");
        assertThat(SdpValidator.offer(Sdp.parse(offer.text()))).isEmpty();
    }

    @Test
    void J05_tooManyRidsAndFingerprintsAreNamedOnce() throws SdpParseException {
        GoodOffer offer = new GoodOffer();
        for (int i = 0; i < 40; i++) {
            offer.insertAfter(GoodOffer.lineNumber("a=rid:lo"), "a=rid:r" + i + " send");
        }
        for (int i = 0; i < 40; i++) {
            offer.insertAfter(GoodOffer.lineNumber("a=fingerprint"), "a=fingerprint:md5 00");
        }
        assertThat(SdpValidator.offer(Sdp.parse(offer.text())))
                .extracting(SdpProblem::reason)
                .containsExactly("more than 16 fingerprints", "more than 16 rids");
    }

    @ParameterizedTest
    @FieldSource("UNUSABLE")
    void J06_transportAttributesOutOfBoundsAreNamedWithTheirLine(
            String beginning, String put, String reason, boolean later) throws SdpParseException {
        assertProblem(beginning, put, reason, later);
    }

    @ParameterizedTest
    @FieldSource("MISSING")
    void J06_aMissingTransportAttributeIsNamedAtItsSection(String beginning, String reason) throws SdpParseException {
        Sdp offer = Sdp.parse(new GoodOffer().without(beginning).text());
        assertThat(SdpValidator.offer(offer)).first().satisfies(problem -> {
            assertThat(problem.reason()).contains(reason);
            assertThat(problem.text()).startsWith("m=audio");
            assertThat(problem.lineNumber()).isEqualTo(offer.lineNumber(0));
        });
    }

    static final List<Arguments> MISSING = List.of(
            Arguments.of("a=ice-ufrag", "no ice-ufrag"),
            Arguments.of("a=ice-pwd", "no ice-pwd"),
            Arguments.of("a=ice-", "no ice-ufrag"),
            Arguments.of("a=fingerprint", "no fingerprint"),
            Arguments.of("a=setup", "no setup"),
            Arguments.of("a=rtcp-mux", "no rtcp-mux"));

    @Test
    void J06_anAnswerMustChooseItsDtlsRoleAndMuxRtcp() throws SdpParseException {
        Sdp offer = Sdp.parse(new GoodOffer().text());
        assertThat(SdpValidator.answer(offer))
                .extracting(SdpProblem::reason)
                .hasSize(3)
                .allMatch(reason -> reason.contains("active or passive"));
        GoodOffer good = new GoodOffer().replaceAll("a=setup", "a=setup:active");
        assertThat(SdpValidator.answer(Sdp.parse(good.text()))).isEmpty();
        assertThat(SdpValidator.answer(Sdp.parse(good.without("a=rtcp-mux").text())))
                .extracting(SdpProblem::reason)
                .contains("no rtcp-mux for this section (RFC 5761, RFC 8858)");
    }

    @Test
    void J06_onlyUnknownHashesAreNoFingerprint() throws SdpParseException {
        GoodOffer offer = new GoodOffer()
                .replaceAll("a=fingerprint", "a=fingerprint:md5 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF");
        assertThat(SdpValidator.offer(Sdp.parse(offer.text())))
                .extracting(SdpProblem::reason)
                .hasSize(3)
                .allMatch(reason -> reason.contains("no fingerprint with SHA-1 or SHA-2"));
    }

    @Test
    void J06_aSectionThatSharesATransportMayLeaveItsAttributesOut() throws SdpParseException {
        String text = new GoodOffer().text();
        int video = text.indexOf("m=video");
        String shared = text.substring(video)
                .replace("a=ice-ufrag:NDQh\r\n", "")
                .replace("a=ice-pwd:t2S6384m5a/tNO5oxVlS5T6V\r\n", "")
                .replace("a=setup:actpass\r\n", "")
                .replace("a=rtcp-mux\r\n", "");
        assertThat(SdpValidator.offer(Sdp.parse(text.substring(0, video) + shared)))
                .isEmpty();
        String alone = text.substring(0, video).replace("a=group:BUNDLE 0 1 2\r\n", "") + shared;
        assertThat(SdpValidator.offer(Sdp.parse(alone))).isNotEmpty();
    }

    @Test
    void J06_aRejectedSectionNeedsNothing() throws SdpParseException {
        String text = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 0 UDP/TLS/RTP/SAVPF 0\r\n";
        assertThat(SdpValidator.answer(Sdp.parse(text))).isEmpty();
        assertThat(SdpValidator.answer(Sdp.parse(text.replace("m=video 0", "m=video 9"))))
                .hasSize(4);
    }

    @Test
    void J10_problemsAndExceptionsHideThePassword() throws SdpParseException {
        Sdp sdp = Sdp.parse(new GoodOffer()
                .insertAfter(GoodOffer.lineNumber("a=ice-pwd"), "a=ice-pwd:secretsecretsecretsecret")
                .text());
        assertThat(SdpValidator.offer(sdp)).isNotEmpty().noneMatch(p -> p.toString()
                .contains("secretsecret"));
        assertThat(sdp.toString()
                        + sdp.media()
                        + sdp.media().get(0).lines()
                        + sdp.media().get(0).attributes())
                .doesNotContain("secretsecret");
    }

    private static void assertProblem(String beginning, String put, String reason, boolean later)
            throws SdpParseException {
        boolean replaces = put.startsWith("!");
        int number = GoodOffer.lineNumber(beginning);
        GoodOffer offer =
                replaces ? new GoodOffer().replace(number, put.substring(1)) : new GoodOffer().insertAfter(number, put);
        int expected = replaces ? number : number + 1;
        List<SdpProblem> problems = SdpValidator.offer(Sdp.parse(offer.text()));
        assertThat(problems).anySatisfy(problem -> {
            assertThat(problem.reason()).contains(reason);
            assertThat(problem.lineNumber()).isEqualTo(later ? expected + 1 : expected);
            assertThat(problem.text()).isNotEmpty();
        });
    }

    private static Arguments row(String beginning, String put, String reason) {
        return row(beginning, put, reason, false);
    }

    private static Arguments row(String beginning, String put, String reason, boolean later) {
        return Arguments.of(beginning, put, reason, later);
    }
}

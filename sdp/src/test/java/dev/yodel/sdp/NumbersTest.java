package dev.yodel.sdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** Numbers out of range or out of grammar: a row is the line that is replaced and what stands there instead. */
class NumbersTest {
    static final List<Arguments> REFUSED = List.of(
            row("m=audio", "m=audio 65536 UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio -1 UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio +9 UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio 9223372036854775808 UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio 18446744073709551616 UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio 99999999999999999999999999 UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio 0x9 UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio 9.0 UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio 9a UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio  UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio 9/0 UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio 9/65536 UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio 9/-1 UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio 9/ UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio 9/x UDP/TLS/RTP/SAVPF 111"),
            row("m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF 128"),
            row("m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF -1"),
            row("m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF 256"),
            row("m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF 111 128"),
            row("m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF 9223372036854775808"),
            row("m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF opus"),
            row("m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF 1.5"),
            row("m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF +0"),
            row("m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF 0x6f"),
            row("a=rtpmap:111", "a=rtpmap:128 opus/48000/2"),
            row("a=rtpmap:111", "a=rtpmap:-1 opus/48000/2"),
            row("a=rtpmap:111", "a=rtpmap:9223372036854775808 opus/48000"),
            row("a=rtpmap:111", "a=rtpmap:x opus/48000"),
            row("a=rtpmap:111", "a=rtpmap:111 opus/0"),
            row("a=rtpmap:111", "a=rtpmap:111 opus/-1"),
            row("a=rtpmap:111", "a=rtpmap:111 opus/2147483648"),
            row("a=rtpmap:111", "a=rtpmap:111 opus/18446744073709551616"),
            row("a=rtpmap:111", "a=rtpmap:111 opus/48000/0"),
            row("a=rtpmap:111", "a=rtpmap:111 opus/48000/256"),
            row("a=rtpmap:111", "a=rtpmap:111 opus/"),
            row("a=rtpmap:111", "a=rtpmap:111 opus"),
            row("a=rtpmap:111", "a=rtpmap:111"),
            row("a=rtpmap:111", "a=rtpmap:111 /48000"),
            row("a=rtpmap:111", "a=rtpmap:111 opus/48k"),
            row("a=fmtp:111", "a=fmtp:128 a=b"),
            row("a=fmtp:111", "a=fmtp:18446744073709551616 x"),
            row("a=fmtp:111", "a=fmtp:999 x"),
            row("a=rtcp-fb:111", "a=rtcp-fb:128 nack"),
            row("a=rtcp-fb:111", "a=rtcp-fb:-1 nack"),
            row("a=rtcp-fb:111", "a=rtcp-fb:** nack"),
            row("a=rtcp-fb:111", "a=rtcp-fb:9223372036854775808 nack"),
            row("a=rtcp-fb:111", "a=rtcp-fb:x nack"),
            row("a=extmap:1", "a=extmap:0 urn:a"),
            row("a=extmap:1", "a=extmap:256 urn:a"),
            row("a=extmap:1", "a=extmap:-1 urn:a"),
            row("a=extmap:1", "a=extmap:4095 urn:a"),
            row("a=extmap:1", "a=extmap:4352 urn:a"),
            row("a=extmap:1", "a=extmap:65536 urn:a"),
            row("a=extmap:1", "a=extmap:9223372036854775808 urn:a"),
            row("a=extmap:1", "a=extmap:1.5 urn:a"),
            row("a=extmap:1", "a=extmap:x urn:a"),
            row("a=extmap:1", "a=extmap: urn:a"),
            row("a=extmap:1", "a=extmap:1/both urn:a"),
            row("a=extmap:1", "a=extmap:1/ urn:a"),
            row("a=ssrc:1161213726", "a=ssrc:4294967296 cname:a"),
            row("a=ssrc:1161213726", "a=ssrc:-1 cname:a"),
            row("a=ssrc:1161213726", "a=ssrc:9223372036854775808 cname:a"),
            row("a=ssrc:1161213726", "a=ssrc:18446744073709551616 cname:a"),
            row("a=ssrc:1161213726", "a=ssrc:0x1 cname:a"),
            row("a=ssrc:1161213726", "a=ssrc:1.0 cname:a"),
            row("a=ssrc:1161213726", "a=ssrc:cname:a"),
            row("a=ssrc:1161213726", "a=ssrc:+1 cname:a"),
            row("a=ssrc-group", "a=ssrc-group:FID 1 4294967296"),
            row("a=ssrc-group", "a=ssrc-group:FID -1 2"),
            row("a=ssrc-group", "a=ssrc-group:FID 1 x"),
            row("a=ssrc-group", "a=ssrc-group:FID 18446744073709551616 2"),
            row("a=sctp-port", "a=sctp-port:65536"),
            row("a=sctp-port", "a=sctp-port:-1"),
            row("a=sctp-port", "a=sctp-port:9223372036854775808"),
            row("a=sctp-port", "a=sctp-port:"),
            row("a=sctp-port", "a=sctp-port:x"),
            row("a=sctp-port", "a=sctp-port:5000 5001"),
            row("a=sctp-port", "a=sctp-port:0x1388"),
            row("a=max-message-size", "a=max-message-size:9223372036854775808"),
            row("a=max-message-size", "a=max-message-size:18446744073709551616"),
            row("a=max-message-size", "a=max-message-size:-1"),
            row("a=max-message-size", "a=max-message-size:+1"),
            row("a=max-message-size", "a=max-message-size:"),
            row("a=max-message-size", "a=max-message-size:1e9"),
            row("a=max-message-size", "a=max-message-size:262144 "),
            row("a=max-message-size", "a=max-message-size:0x40000"),
            row("a=rtcp:9", "a=rtcp:65536"),
            row("a=rtcp:9", "a=rtcp:-1 IN IP4 0.0.0.0"),
            row("a=rtcp:9", "a=rtcp:x"),
            row("a=rtcp:9", "a=rtcp:9223372036854775808"),
            row("a=ptime", "a=ptime:0"),
            row("a=ptime", "a=ptime:-20"),
            row("a=ptime", "a=ptime:60001"),
            row("a=ptime", "a=ptime:9223372036854775808"),
            row("a=ptime", "a=ptime:20."),
            row("a=ptime", "a=ptime:20.1234"),
            row("a=ptime", "a=ptime:1e3"),
            row("a=ptime", "a=ptime:x"),
            row("a=ptime", "a=ptime:"),
            row("a=maxptime", "a=maxptime:0"),
            row("a=maxptime", "a=maxptime:-1"),
            row("a=maxptime", "a=maxptime:60001"),
            row("a=maxptime", "a=maxptime:.5"),
            row("a=rid:hi", "a=rid:hi send pt=128"),
            row("a=rid:hi", "a=rid:hi send pt=-1"),
            row("a=rid:hi", "a=rid:hi send pt=96,x"),
            row("a=rid:hi", "a=rid:hi send pt=9223372036854775808"),
            row("a=rid:hi", "a=rid:hi send pt="),
            row("o=", "o=- x 2 IN IP4 127.0.0.1"),
            row("o=", "o=- -1 2 IN IP4 127.0.0.1"),
            row("o=", "o=- 1 9223372036854775808 IN IP4 127.0.0.1"),
            row("o=", "o=- 1 -1 IN IP4 127.0.0.1"),
            row("o=", "o=- 123456789012345678901234567890123 2 IN IP4 127.0.0.1"),
            row("o=", "o=- 1 18446744073709551616 IN IP4 127.0.0.1"),
            row("t=", "t=-1 0"),
            row("t=", "t=0 -1"),
            row("t=", "t=0"),
            row("t=", "t=0 9223372036854775808"),
            row("t=", "t=x 0"),
            row("t=", "t=0 0 0"),
            row("b=", "b=AS:-1"),
            row("b=", "b=AS:9223372036854775808"),
            row("b=", "b=AS:"),
            row("b=", "b=AS:x"),
            row("b=", "b=AS"),
            row("v=", "v=1"),
            row("v=", "v=-1"),
            row("v=", "v=9223372036854775808"),
            row("v=", "v="),
            row("a=sctp-port", "a=sctpmap:65536 webrtc-datachannel 1024"),
            row("a=sctp-port", "a=sctpmap:-1 webrtc-datachannel 1024"),
            row("a=sctp-port", "a=sctpmap:5000 webrtc-datachannel 65536"),
            row("a=sctp-port", "a=sctpmap:5000 webrtc-datachannel 0"),
            row("a=sctp-port", "a=sctpmap:x webrtc-datachannel 1024"));

    static final List<Arguments> ACCEPTED = List.of(
            row("m=audio", "m=audio 65535 UDP/TLS/RTP/SAVPF 111 0"),
            row("m=audio", "m=audio 9/2 UDP/TLS/RTP/SAVPF 127 0"),
            row("a=extmap:1", "a=extmap:14 urn:a"),
            row("a=extmap:1", "a=extmap:255 urn:a"),
            row("a=extmap:1", "a=extmap:4096 urn:a"),
            row("a=ssrc:1161213726", "a=ssrc:4294967295 cname:a"),
            row("a=ssrc:1161213726", "a=ssrc:0 cname:a"),
            row("a=max-message-size", "a=max-message-size:0"),
            row("a=max-message-size", "a=max-message-size:9223372036854775807"),
            row("a=max-message-size", "a=max-message-size:0000262144"),
            row("a=sctp-port", "a=sctp-port:65535"),
            row("a=rtpmap:111", "a=rtpmap:111 opus/2147483647/2"),
            row("a=ptime", "a=ptime:2.5"),
            row("o=", "o=- 1 9223372036854775807 IN IP4 127.0.0.1"));

    @ParameterizedTest
    @FieldSource("REFUSED")
    void J02_numbersOutOfRangeAreRefusedWithTheirLine(String beginning, String line) {
        int number = GoodOffer.lineNumber(beginning);
        String text = new GoodOffer().replace(number, line).text();
        SdpParseException e = catchThrowableOfType(SdpParseException.class, () -> Sdp.parse(text));
        assertThat(e).isNotNull();
        assertThat(e.lineNumber()).isEqualTo(number);
        assertThat(e.text()).isEqualTo(line);
        assertThat(e.reason()).isNotBlank();
        assertThat(e).hasMessageStartingWith("line " + number + ": ");
    }

    @ParameterizedTest
    @FieldSource("ACCEPTED")
    void J02_numbersAtTheirBoundsAreAccepted(String beginning, String line) throws SdpParseException {
        String text =
                new GoodOffer().replace(GoodOffer.lineNumber(beginning), line).text();
        assertThat(Sdp.parse(text).write()).isEqualTo(text);
    }

    @Test
    void J02_theTableHasAtLeast120Rows() {
        assertThat(REFUSED.size()).isGreaterThanOrEqualTo(120);
    }

    private static Arguments row(String beginning, String line) {
        return Arguments.of(beginning, line);
    }
}

package dev.yodel.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SdpTest {
    static Stream<String> captures() {
        return Captures.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("captures")
    void everyCaptureIsWrittenAsItWasRead(String name) throws SdpParseException {
        String text = Captures.read(name);
        assertThat(Sdp.parse(text).write()).isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("captures")
    void everyCaptureWithBareLineFeedsIsTheSame(String name) throws SdpParseException {
        String text = Captures.read(name);
        assertThat(Sdp.parse(text.replace("\r\n", "\n"))).isEqualTo(Sdp.parse(text));
    }

    @ParameterizedTest
    @MethodSource("captures")
    void aCopyByItsBuildersIsTheSame(String name) throws SdpParseException {
        Sdp sdp = Sdp.parse(Captures.read(name));
        SdpBuilder builder = sdp.toBuilder();
        for (int i = 0; i < sdp.media().size(); i++) {
            builder.media(i, sdp.media().get(i).toBuilder().build());
        }
        assertThat(builder.build()).isEqualTo(sdp);
    }

    @ParameterizedTest
    @MethodSource("captures")
    void onlyTheseAttributesOfTheCapturesAreUnknown(String name) throws SdpParseException {
        Sdp sdp = Sdp.parse(Captures.read(name));
        assertThat(sdp.allLines().stream()
                        .map(SdpLine::attribute)
                        .filter(UnknownAttribute.class::isInstance)
                        .map(attribute -> Objects.requireNonNull(attribute).attributeName()))
                .allMatch(List.of("rtcp-xr", "framerate")::contains);
    }

    @Test
    void chromiumOfferIsTyped() throws SdpParseException {
        Sdp sdp = Sdp.parse(Captures.read("chromium-156-offer"));
        assertThat(sdp.origin().sessionId()).isEqualTo("4909951950908295836");
        assertThat(sdp.origin().sessionVersion()).isEqualTo(2);
        assertThat(sdp.bundleGroups()).containsExactly(new Group("BUNDLE", List.of("0", "1", "2")));
        assertThat(sdp.attributes().first(MsidSemantic.class))
                .isEqualTo(new MsidSemantic("WMS", List.of("936c7eda-72bd-4e9c-a824-573268d910d9")));
        MediaSection audio = sdp.media().get(0);
        assertThat(audio.type()).isEqualTo("audio");
        assertThat(audio.port()).isEqualTo(46158);
        assertThat(audio.payloadTypes()).containsExactly(111, 63, 9, 0, 8, 13, 110, 126);
        assertThat(audio.rtpmap(111)).isEqualTo(new Rtpmap(111, "opus", 48000, "2"));
        assertThat(Objects.requireNonNull(audio.fmtp(111)).parameterMap())
                .containsEntry("minptime", "10")
                .containsEntry("useinbandfec", "1");
        assertThat(Objects.requireNonNull(audio.fmtp(63)).parameters()).isEqualTo("111/111");
        assertThat(audio.feedback(111)).containsExactly(new RtcpFeedback(111, "transport-cc", ""));
        assertThat(audio.candidates()).hasSize(4);
        assertThat(audio.mid()).isEqualTo("0");
        assertThat(audio.attributes().has(Flag.RTCP_MUX)).isTrue();
        assertThat(audio.attributes().first(Msid.class))
                .isEqualTo(new Msid("936c7eda-72bd-4e9c-a824-573268d910d9", "bab5d737-6ce3-4040-a0fe-4e61740915b8"));
        assertThat(sdp.iceUfrag(audio)).isEqualTo("NDQh");
        assertThat(sdp.icePwd(audio)).isEqualTo("t2S6384m5a/tNO5oxVlS5T6V");
        assertThat(sdp.hasIceOption(audio, IceOptions.TRICKLE)).isTrue();
        assertThat(sdp.setup(audio)).isEqualTo(Setup.ACTPASS);
        assertThat(sdp.direction(audio)).isEqualTo(Direction.SENDRECV);
        assertThat(sdp.allowsMixedExtmap(audio)).isTrue();
        assertThat(sdp.fingerprints(audio)).singleElement().satisfies(fingerprint -> {
            assertThat(fingerprint.algorithm()).isEqualTo("sha-256");
            assertThat(fingerprint.bytes()).hasSize(32).startsWith(0x5D, 0x83, 0x66);
        });
        MediaSection data = sdp.media().get(2);
        assertThat(data.isDataChannel()).isTrue();
        assertThat(data.sctpPort()).isEqualTo(5000);
        assertThat(data.attributes().first(MaxMessageSize.class)).isEqualTo(new MaxMessageSize(262144));
    }

    @Test
    void firefoxStatesFingerprintAndOptionsAtTheSessionLevel() throws SdpParseException {
        Sdp sdp = Sdp.parse(Captures.read("firefox-153esr-offer"));
        MediaSection audio = sdp.media().get(0);
        assertThat(audio.attributes().all(Fingerprint.class)).isEmpty();
        assertThat(sdp.fingerprints(audio)).hasSize(1);
        assertThat(sdp.hasIceOption(audio, "trickle")).isTrue();
        assertThat(sdp.hasEndOfCandidates(audio)).isTrue();
        assertThat(audio.attributes().all(Extmap.class))
                .contains(new Extmap(2, Direction.RECVONLY, "urn:ietf:params:rtp-hdrext:csrc-audio-level", ""));
        assertThat(audio.attributes().first(RtcpAddress.class))
                .isEqualTo(new RtcpAddress(
                        50633, new Connection("IN", "IP4", "961275d3-2004-4c71-b170-52c8705b5016.local")));
        assertThat(sdp.media().get(1).attributes().first(SsrcGroup.class))
                .isEqualTo(new SsrcGroup("FID", List.of(3471499890L, 635892910L)));
    }

    @Test
    void olderNotationsAreUnderstood() throws SdpParseException {
        MediaSection aiortc =
                Sdp.parse(Captures.read("aiortc-1.4.0-offer")).media().get(2);
        assertThat(aiortc.isDataChannel()).isTrue();
        assertThat(aiortc.sctpPort()).isEqualTo(5000);
        Sdp libdatachannel = Sdp.parse(Captures.read("libdatachannel-0.24.5-offer"));
        assertThat(libdatachannel.hasIceOption(libdatachannel.media().get(0), "trickle"))
                .isTrue();
        Sdp gstreamer = Sdp.parse(Captures.read("gstreamer-1.22-offer"));
        assertThat(gstreamer.media().get(1).port()).isZero();
        assertThat(gstreamer.media().get(1).isRejected()).isFalse();
        MediaSection pion =
                Sdp.parse(Captures.read("pion-3.1.56-offer")).media().get(1);
        assertThat(pion.feedback(96)).contains(new RtcpFeedback(96, "nack", "")).doesNotHaveDuplicates();
    }
}

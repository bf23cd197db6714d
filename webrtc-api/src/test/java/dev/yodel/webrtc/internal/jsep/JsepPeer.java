package dev.yodel.webrtc.internal.jsep;

import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.io.RandomSource;
import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.BundlePolicy;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.SdpType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** A negotiator with a memory, for tests: it keeps the state and the events of the last input. */
final class JsepPeer {
    final List<DtlsFingerprint> fingerprints = List.of(new DtlsFingerprint("sha-256", "AB" + ":CD".repeat(31)));
    final RandomSource random;
    JsepState state;
    List<JsepEvent> events = new ArrayList<>();

    JsepPeer(long seed) {
        this(seed, BundlePolicy.BALANCED);
    }

    JsepPeer(long seed, BundlePolicy policy) {
        random = seeded(seed);
        state = JsepState.initial(new JsepOptions(Long.toString(seed + 1), "cname" + seed, policy, 262_144));
    }

    static RandomSource seeded(long seed) {
        Random source = new Random(seed);
        return new RandomSource() {
            @Override
            public void nextBytes(byte[] target, int offset, int length) {
                byte[] bytes = new byte[length];
                source.nextBytes(bytes);
                System.arraycopy(bytes, 0, target, offset, length);
            }

            @Override
            public int nextInt() {
                return source.nextInt();
            }

            @Override
            public long nextLong() {
                return source.nextLong();
            }
        };
    }

    int apply(JsepInput input) {
        JsepStep step = Negotiator.apply(state, input, random);
        state = step.state();
        events = step.events();
        return step.transceiver();
    }

    int addTrack(MediaKind kind) {
        return apply(new JsepInput.AddTrack(kind, "track" + state.nextTransceiverId, List.of("stream")));
    }

    int addTransceiver(MediaKind kind, Direction direction) {
        return apply(new JsepInput.AddTransceiver(kind, direction, null, List.of()));
    }

    String createOffer() {
        apply(new JsepInput.CreateOffer(false, fingerprints));
        return Objects.requireNonNull(state.lastOffer).text();
    }

    String createAnswer() {
        apply(new JsepInput.CreateAnswer(fingerprints));
        return Objects.requireNonNull(state.lastAnswer).text();
    }

    void local(SdpType type, String text) {
        apply(new JsepInput.SetLocal(type, text));
    }

    void remote(SdpType type, String text) {
        apply(new JsepInput.SetRemote(type, text));
    }

    String offer() {
        String text = createOffer();
        local(SdpType.OFFER, text);
        return text;
    }

    String answer(String offer) {
        remote(SdpType.OFFER, offer);
        String text = createAnswer();
        local(SdpType.ANSWER, text);
        return text;
    }

    /** A whole exchange that this side starts. */
    void negotiateWith(JsepPeer other) {
        remote(SdpType.ANSWER, other.answer(offer()));
    }
}

package dev.yodel.webrtc.internal.jsep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SignalingState;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random inputs against the rules that hold in every state. */
class RandomNegotiationTest {
    private static final List<Direction> DIRECTIONS = List.of(Direction.values());

    private static MediaKind kind(Random random) {
        return random.nextInt(3) == 0 ? MediaKind.VIDEO : MediaKind.AUDIO;
    }

    private static void change(JsepPeer peer, Random random) {
        List<TransceiverState> transceivers = peer.state.transceivers();
        int choice = random.nextInt(6);
        if (choice < 2 || transceivers.isEmpty()) {
            peer.addTrack(kind(random));
            return;
        }
        int id = transceivers.get(random.nextInt(transceivers.size())).id();
        switch (choice) {
            case 2 -> peer.addTransceiver(kind(random), DIRECTIONS.get(random.nextInt(4)));
            case 3 -> peer.apply(new JsepInput.RemoveTrack(id));
            case 4 -> peer.apply(new JsepInput.Stop(id));
            default -> {
                try {
                    peer.apply(new JsepInput.SetDirection(id, DIRECTIONS.get(random.nextInt(4))));
                } catch (RtcException stopped) {
                    assertThat(stopped).hasMessageContaining("stopped");
                }
            }
        }
    }

    private static void invariants(JsepPeer peer, String where) {
        JsepState state = peer.state;
        Set<String> mids = new HashSet<>();
        Set<Integer> indexes = new HashSet<>();
        for (TransceiverState transceiver : state.transceivers()) {
            Association association = transceiver.association();
            if (association.mid() != null) {
                assertThat(mids.add(association.mid())).as(where).isTrue();
                assertThat(indexes.add(association.index())).as(where).isTrue();
            }
            if (association.transport() >= 0 && !transceiver.stopped()) {
                assertThat(state.transport(association.transport())).as(where).isNotNull();
            }
            if (state.signaling() == SignalingState.STABLE && association.mid() != null) {
                assertThat(Objects.requireNonNull(state.currentLocal())
                                .model()
                                .media()
                                .get(association.index())
                                .mid())
                        .as(where)
                        .isEqualTo(association.mid());
            }
        }
        boolean stable = state.signaling() == SignalingState.STABLE;
        assertThat(state.pendingLocal() == null && state.pendingRemote() == null)
                .as(where)
                .isEqualTo(stable);
    }

    private static void run(long seed) {
        Random random = new Random(seed);
        JsepPeer a = new JsepPeer(seed * 2);
        JsepPeer b = new JsepPeer(seed * 2 + 1);
        for (int step = 0; step < 40; step++) {
            String where = "seed " + seed + ", step " + step + "\n" + a.state + "\n" + b.state;
            JsepPeer from = random.nextBoolean() ? a : b;
            JsepPeer to = from == a ? b : a;
            change(from, random);
            int choice = random.nextInt(5);
            if (choice == 0) {
                JsepState before = from.state;
                from.offer();
                invariants(from, where);
                from.local(SdpType.ROLLBACK, "");
                assertThat(from.state.negotiated()).as(where).isEqualTo(before.negotiated());
            } else if (choice == 1) {
                JsepState before = to.state;
                to.remote(SdpType.OFFER, from.offer());
                invariants(to, where);
                to.remote(SdpType.ROLLBACK, "");
                // W3C stops a transceiver as soon as an offer rejects its section, and no rollback revives it.
                if (to.state.transceivers().stream().noneMatch(TransceiverState::stopped)) {
                    assertThat(to.state.negotiated()).as(where).isEqualTo(before.negotiated());
                }
                from.local(SdpType.ROLLBACK, "");
            } else if (choice == 2) {
                to.offer();
                String answer = to.answer(from.offer());
                from.remote(SdpType.ANSWER, answer);
            } else {
                from.negotiateWith(to);
                assertThat(Negotiator.negotiationNeeded(from.state)).as(where).isFalse();
            }
            invariants(a, where);
            invariants(b, where);
        }
    }

    @Test
    void J07_rollbackRestoresAndRulesHoldForRandomInputs() {
        for (long seed = 1; seed <= 60; seed++) {
            run(seed);
        }
    }
}

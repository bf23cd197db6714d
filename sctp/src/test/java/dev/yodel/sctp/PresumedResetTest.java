package dev.yodel.sctp;

import static dev.yodel.sctp.HostilePeer.TSN;
import static dev.yodel.sctp.HostilePeer.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ReConfigChunk;
import dev.yodel.sctp.packet.ReConfigParameter.OutgoingReset;
import dev.yodel.sctp.packet.ReConfigParameter.Response;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Requests of the peer that were answered before they came, because they were taken for lost: what if they come after
 * all?
 */
class PresumedResetTest {
    private static ReConfigChunk reset(int number, int... streamIds) {
        return new ReConfigChunk(List.of(new OutgoingReset(number, 0, TSN - 1, streamIds)));
    }

    private static List<Response> responses(List<Chunk> chunks) {
        return chunks.stream()
                .filter(ReConfigChunk.class::isInstance)
                .flatMap(chunk -> ((ReConfigChunk) chunk).parameters().stream())
                .map(Response.class::cast)
                .toList();
    }

    private static List<Response> performed(int... numbers) {
        return Arrays.stream(numbers)
                .mapToObj(number -> new Response(number, Response.PERFORMED))
                .toList();
    }

    private static List<int[]> resets(HostilePeer peer) {
        return peer.events().stream()
                .filter(SctpEvent.RemoteStreamsReset.class::isInstance)
                .map(event -> ((SctpEvent.RemoteStreamsReset) event).streamIds())
                .toList();
    }

    private static HostilePeer presumed(int... streamIds) {
        HostilePeer peer = HostilePeer.established();
        peer.give(peer.victimTag, data(3, TSN, 3, 0, 9));
        assertThat(peer.events()).hasSize(1);
        peer.victim.presumeReset(streamIds);
        assertThat(responses(peer.drain())).isEqualTo(performed(TSN));
        assertThat(peer.events()).isEmpty();
        return peer;
    }

    @Test
    void C12_aRequestThatComesLateHasNoEffectOnTheNextLife() {
        HostilePeer peer = presumed(3);
        peer.give(peer.victimTag, data(3, TSN + 1, 3, 0, 9));
        assertThat(peer.events()).as("numbers begin anew").hasSize(1);
        assertThat(responses(peer.give(peer.victimTag, reset(TSN, 3)))).isEqualTo(performed(TSN));
        assertThat(resets(peer)).isEmpty();
        peer.give(peer.victimTag, data(3, TSN + 2, 3, 1, 9));
        assertThat(peer.events()).as("and go on").hasSize(1);
        assertThat(responses(peer.give(peer.victimTag, reset(TSN, 3)))).isEqualTo(performed(TSN));
        assertThat(responses(peer.give(peer.victimTag, reset(TSN + 1, 3)))).isEqualTo(performed(TSN + 1));
        assertThat(resets(peer)).containsExactly(new int[] {3});
    }

    @Test
    void C12_whatElseIsInALateRequestIsPerformed() {
        HostilePeer peer = presumed(3);
        assertThat(responses(peer.give(peer.victimTag, reset(TSN, 3, 5)))).isEqualTo(performed(TSN));
        assertThat(resets(peer)).containsExactly(new int[] {5});
    }

    @Test
    void C12_aPeerThatHasHeardTheAnswerGoesOn() {
        HostilePeer peer = presumed(3);
        assertThat(responses(peer.give(peer.victimTag, reset(TSN + 1, 3)))).isEqualTo(performed(TSN + 1));
        assertThat(resets(peer)).containsExactly(new int[] {3});
        assertThat(responses(peer.give(peer.victimTag, reset(TSN, 3)))).isEqualTo(performed(TSN));
        assertThat(responses(peer.give(peer.victimTag, reset(TSN + 3, 3))))
                .containsExactly(new Response(TSN + 3, Response.BAD_SEQUENCE_NUMBER));
        assertThat(resets(peer)).isEmpty();
    }

    /** Whether a peer had asked for what was presumed first is not known: both numbers are answered. */
    @Test
    void C12_severalAnswersInAdvance() {
        for (int goesOnWith = 0; goesOnWith < 4; goesOnWith++) {
            HostilePeer peer = presumed(3);
            peer.victim.presumeReset(new int[] {5});
            assertThat(responses(peer.drain())).isEqualTo(performed(TSN, TSN + 1));
            boolean isOne = goesOnWith < 3;
            assertThat(responses(peer.give(peer.victimTag, reset(TSN + goesOnWith, 7))))
                    .containsExactly(
                            new Response(TSN + goesOnWith, isOne ? Response.PERFORMED : Response.BAD_SEQUENCE_NUMBER));
            assertThat(resets(peer)).hasSize(isOne ? 1 : 0);
        }
    }

    @Test
    void C12_nothingIsPresumedBeforeTheHandshakeOrAfterTheEnd() {
        HostilePeer peer = new HostilePeer();
        peer.victim.presumeReset(new int[] {1});
        assertThat(peer.drain()).isEmpty();
        peer.establish();
        peer.victim.abort("enough");
        peer.drain();
        peer.victim.presumeReset(new int[] {1});
        assertThat(peer.drain()).isEmpty();
    }
}

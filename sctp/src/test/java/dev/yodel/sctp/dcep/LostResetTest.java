package dev.yodel.sctp.dcep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ReConfigChunk;
import dev.yodel.sctp.packet.ReConfigParameter;
import dev.yodel.sctp.packet.ReConfigParameter.OutgoingReset;
import dev.yodel.sctp.packet.SctpPacket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * A peer that asks once for its streams to be reset, as aiortc does, and not until it is answered, as RFC 6525 5.1.1
 * has it: its request is lost, or our answer.
 */
class LostResetTest {
    private static final ChannelParameters CHANNEL = ChannelParameters.reliable("c");

    /** The second end asks once for each reset: what it says again does not arrive. */
    private static Predicate<byte[]> askingOnce(Predicate<byte[]> lost) {
        Set<Integer> asked = new HashSet<>();
        return packet -> {
            boolean isAgain = requests(packet).stream().anyMatch(reset -> !asked.add(reset.requestNumber()));
            return lost.test(packet) || isAgain;
        };
    }

    private static List<OutgoingReset> requests(byte[] packet) {
        return parameters(packet).stream()
                .filter(OutgoingReset.class::isInstance)
                .map(OutgoingReset.class::cast)
                .toList();
    }

    private static List<ReConfigParameter> parameters(byte[] packet) {
        SctpPacket parsed = SctpPacket.parse(packet, 0, packet.length);
        List<Chunk> chunks = parsed == null ? List.of() : parsed.chunks();
        return chunks.stream()
                .filter(ReConfigChunk.class::isInstance)
                .flatMap(chunk -> ((ReConfigChunk) chunk).parameters().stream())
                .toList();
    }

    private static int closed(ChannelPair.End end) {
        return end.all(DataChannelEvent.Closed.class).size();
    }

    @Test
    void F24_aRequestThatIsLostAndNotRepeatedCostsTenSeconds() {
        ChannelPair pair = ChannelPair.connected(1);
        boolean[] isLosing = {true};
        pair.lostToA = askingOnce(packet -> isLosing[0] && !requests(packet).isEmpty());
        int id = pair.a.channels.open(CHANNEL, pair.now);
        pair.run(Time.SECOND);
        pair.a.channels.close(id);
        pair.run(9 * Time.SECOND);
        assertThat(closed(pair.a)).as("the peer may take its time").isZero();
        // Others are closed meanwhile; the peer has one request under way at a time.
        int second = pair.a.channels.open(CHANNEL, pair.now);
        int third = pair.a.channels.open(CHANNEL, pair.now);
        pair.run(100 * Time.MILLISECOND);
        pair.a.channels.close(second);
        pair.a.channels.close(third);
        isLosing[0] = false;
        pair.run(2 * Time.SECOND);
        assertThat(closed(pair.a)).as("that one, and those behind it").isEqualTo(3);
        assertThat(closed(pair.b)).isEqualTo(3);
        assertThat(pair.a.channels.counters().resetsPresumed()).isEqualTo(1);
        // The streams have another life, and end as they should.
        for (int i = 0; i < 3; i++) {
            assertThat(pair.a.channels.open(CHANNEL, pair.now)).isEqualTo(id);
            pair.a.channels.send(id, true, new byte[] {'x'}, pair.now);
            pair.run(Time.SECOND);
            assertThat(pair.b.texts()).hasSize(i + 1);
            pair.a.channels.close(id);
            pair.run(Time.SECOND);
            assertThat(closed(pair.a)).isEqualTo(4 + i);
            assertThat(closed(pair.b)).isEqualTo(4 + i);
        }
        assertThat(pair.a.channels.counters().resetsPresumed()).isEqualTo(1);
    }

    @Test
    void F24_anAnswerThatIsLostAndNotAskedForAgainGoesWithTheNextData() {
        ChannelPair pair = ChannelPair.connected(2);
        pair.lostToA = askingOnce(packet -> false);
        int id = pair.a.channels.open(CHANNEL, pair.now);
        pair.run(Time.SECOND);
        pair.a.channels.close(id);
        // The answers to the peer are lost, whatever else is in their packets.
        pair.lostToB = packet -> parameters(packet).stream().anyMatch(ReConfigParameter.Response.class::isInstance);
        pair.run(10 * Time.SECOND);
        assertThat(closed(pair.a)).isEqualTo(1);
        assertThat(closed(pair.b)).isZero();
        // Nothing is said any more, and the next life of the stream begins with what the peer waits for.
        int[] packets = new int[1];
        pair.lostToB = packet -> packets[0]++ < 0;
        pair.run(10 * Time.SECOND);
        assertThat(packets[0]).isZero();
        assertThat(pair.a.channels.open(CHANNEL, pair.now)).isEqualTo(id);
        pair.run(Time.SECOND);
        assertThat(closed(pair.b)).isEqualTo(1);
        assertThat(pair.b.all(DataChannelEvent.Announced.class)).hasSize(2);
        pair.a.channels.close(id);
        pair.run(Time.SECOND);
        assertThat(closed(pair.a)).isEqualTo(2);
        assertThat(closed(pair.b)).isEqualTo(2);
        assertThat(pair.a.channels.counters().resetsPresumed()).isZero();
    }

    @Test
    void F24_anAnswerThatIsLostIsSaidAgainWhereThereIsNoData() {
        ChannelPair pair = ChannelPair.connected(3);
        pair.lostToA = askingOnce(packet -> false);
        int id = pair.a.channels.open(CHANNEL, pair.now);
        pair.run(Time.SECOND);
        int[] answers = new int[1];
        pair.lostToB = packet ->
                parameters(packet).stream().anyMatch(ReConfigParameter.Response.class::isInstance) && answers[0]++ == 0;
        pair.a.channels.close(id);
        pair.run(Time.SECOND);
        assertThat(closed(pair.b)).isEqualTo(1);
    }

    @Test
    void C11_aPeerThatCannotBeHeardIsWaitedFor() {
        ChannelPair pair = ChannelPair.connected(4);
        int id = pair.a.channels.open(CHANNEL, pair.now);
        pair.run(Time.SECOND);
        pair.lostToA = packet -> !requests(packet).isEmpty();
        pair.a.channels.close(id);
        pair.run(100 * Time.MILLISECOND);
        pair.lostToA = packet -> true;
        pair.run(120 * Time.SECOND);
        assertThat(closed(pair.a)).isZero();
        pair.lostToA = packet -> false;
        pair.run(4 * Time.SECOND);
        assertThat(closed(pair.a)).isEqualTo(1);
        assertThat(pair.a.channels.counters().resetsPresumed()).isZero();
    }

    /** What still comes on a stream shows that its peer is not done with it. */
    @Test
    void C11_aPeerThatGoesOnSendingIsWaitedFor() {
        ChannelPair pair = ChannelPair.connected(5);
        int id = pair.a.channels.open(CHANNEL, pair.now);
        pair.run(Time.SECOND);
        for (int i = 0; i < 100; i++) {
            pair.b.channels.send(id, false, new byte[5_000], pair.now);
        }
        SplittableRandom random = new SplittableRandom(5);
        pair.lostToA = packet -> random.nextInt(5) < 3;
        pair.a.channels.close(id);
        long start = pair.now;
        while (closed(pair.a) == 0) {
            pair.run(Time.SECOND);
        }
        assertThat(pair.now - start).isGreaterThan(12 * Time.SECOND);
        assertThat(pair.a.channels.counters().resetsPresumed()).isZero();
    }

    /**
     * Hundreds of lives of few streams, one packet in thirty lost: each loss of a request costs ten seconds and
     * nothing more.
     */
    @Test
    void F24_C12_streamsAreUsedAgainWithAPeerThatAsksOnce() {
        int cycles = Boolean.getBoolean("yodel.long") ? 20_000 : 300;
        for (int seed = 0; seed < 3; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ChannelPair pair = ChannelPair.connected(10 + seed);
            pair.lostToA = askingOnce(packet -> random.nextInt(30) == 0);
            pair.lostToB = packet -> random.nextInt(30) == 0;
            int messages = 0;
            for (int cycle = 1; cycle <= cycles; cycle++) {
                int id = pair.a.channels.open(CHANNEL, pair.now);
                assertThat(id).as("seed %s, cycle %s", seed, cycle).isBetween(0, 16);
                pair.a.channels.send(id, true, new byte[] {'x'}, pair.now);
                pair.run(random.nextInt(200) * Time.MILLISECOND);
                pair.a.channels.close(id);
                long before = pair.now;
                while (closed(pair.a) == 0 && pair.now - before < 60 * Time.SECOND) {
                    pair.run(20 * Time.MILLISECOND);
                }
                assertThat(closed(pair.a)).as("seed %s, cycle %s", seed, cycle).isEqualTo(1);
                messages += pair.b.texts().size();
                pair.a.events.clear();
                pair.b.events.clear();
            }
            pair.run(30 * Time.SECOND);
            assertThat(messages + pair.b.texts().size()).as("seed %s", seed).isEqualTo(cycles);
            assertThat(pair.a.channels.channelCount()).isZero();
        }
    }
}

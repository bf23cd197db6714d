package dev.yodel.dtls.bc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsState;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real handshakes over a pipe that loses, reorders and repeats, in virtual time (RFC 6347 4.2.4). */
class LossTest {
    /** So many datagrams of each direction may be lost. */
    private static final int FIRST = 20;

    /** With the smallest datagrams a handshake has more than ten each way, so that more losses matter. */
    private static final int SMALL_MTU = 256;

    @Test
    void D10_everySingleLossAndEveryPairOfTheFirstDatagramsConnects() {
        for (int first = 0; first < 8; first++) {
            for (int second = first; second < 8; second++) {
                lose(1200, position(first, 4), position(second, 4));
            }
        }
    }

    @Test
    void D10_sampledPairsOfLossesWithSmallDatagramsConnect() {
        Random random = new Random(10);
        for (int i = 0; i < 40; i++) {
            lose(SMALL_MTU, random.nextInt(2 * FIRST), random.nextInt(2 * FIRST));
        }
    }

    @Test
    @Tag("long")
    void D10_everySubsetOfAtMostTwoLossesConnects() {
        int cases = 0;
        for (int mtu : new int[] {1200, SMALL_MTU}) {
            lose(mtu, -1, -1);
            cases++;
            for (int first = 0; first < 2 * FIRST; first++) {
                for (int second = first; second < 2 * FIRST; second++) {
                    lose(mtu, first, second);
                    cases++;
                }
            }
        }
        assertThat(cases).isEqualTo(2 * 821);
    }

    /** Position n of the first {@code each} datagrams of both directions, as a position of the first 20. */
    private static int position(int n, int each) {
        return n < each ? n : FIRST + n - each;
    }

    /** Loses two datagrams: 0 to 19 are the client's first ones, 20 to 39 the server's. */
    private static void lose(int mtu, int first, int second) {
        HandshakePair pair = new HandshakePair(
                DtlsOptions.of(HandshakePair.CLIENT_CERTIFICATE).withMtu(mtu),
                DtlsOptions.of(HandshakePair.SERVER_CERTIFICATE).withMtu(mtu));
        Set<Integer> lost = first == second ? Set.of(first) : Set.of(first, second);
        pair.pipe = (fromClient, index, datagram) -> index < FIRST && lost.contains(fromClient ? index : FIRST + index)
                ? new long[0]
                : new long[] {HandshakePair.ONE_WAY};
        assertConnects(pair, 2 * Time.SECOND, "mtu " + mtu + ", lost " + lost);
    }

    private static void assertConnects(HandshakePair pair, long limit, String what) {
        long begin = pair.now;
        pair.start().runUntilDone(limit);
        assertThat(pair.bothConnected())
                .as(what + " after " + (pair.now - begin) / Time.MILLISECOND + " ms: " + pair)
                .isTrue();
        assertThat(pair.clientConnected().keyingMaterial())
                .isEqualTo(pair.serverConnected().keyingMaterial());
        pair.pipe = HandshakePair.PERFECT;
        assertThat(pair.client.send(new byte[] {1, 2, 3}, 0, 3, pair.now)).isTrue();
        assertThat(pair.server.send(new byte[] {4, 5}, 0, 2, pair.now)).isTrue();
        pair.run(100 * Time.MILLISECOND);
        assertThat(pair.serverEvents.getLast()).as(what).isInstanceOf(DtlsEvent.ApplicationData.class);
        assertThat(pair.clientEvents.getLast()).as(what).isInstanceOf(DtlsEvent.ApplicationData.class);
    }

    @Test
    void D10_theLastFlightIsAnsweredAgainAsOftenAsItIsLost() {
        HandshakePair pair = new HandshakePair();
        // The server's Finished is in its second datagram; four in a row are lost.
        pair.pipe = (fromClient, index, datagram) ->
                !fromClient && index >= 1 && index <= 4 ? new long[0] : new long[] {HandshakePair.ONE_WAY};
        assertConnects(pair, 5 * Time.SECOND, "Finished lost four times");
        assertThat(pair.server.counters().flightsRetransmitted()).isEqualTo(4);
    }

    /** With a fifth of all datagrams lost, one of 10,000 calls would fail if the client gave up after seven repetitions. */
    @Test
    void F01_theClientsLastFlightIsRepeatedUntilTheEnd() {
        HandshakePair pair = new HandshakePair();
        long begin = pair.now;
        pair.pipe = (fromClient, index, datagram) ->
                !fromClient && index >= 1 && index <= 12 ? new long[0] : new long[] {HandshakePair.ONE_WAY};
        assertConnects(pair, 30 * Time.SECOND, "Finished lost twelve times");
        // 0.1 s, doubled to 3 s.
        assertThat(pair.now - begin).isLessThan(25 * Time.SECOND);
    }

    /** RFC 5246 7.2.1: a server is connected a trip earlier than its client, and hears of a client that ends within it. */
    @Test
    void aClientThatEndsBeforeItIsConnectedIsHeardByAServerThatIs() {
        HandshakePair pair = new HandshakePair();
        pair.start();
        while (pair.server.state() == DtlsState.CONNECTING) {
            pair.run(Time.MILLISECOND);
        }
        assertThat(pair.server.state()).isEqualTo(DtlsState.CONNECTED);
        assertThat(pair.client.state()).isEqualTo(DtlsState.CONNECTING);
        pair.client.close(pair.now);
        pair.run(HandshakePair.ONE_WAY);
        assertThat(pair.serverEvents).last().isEqualTo(new DtlsEvent.Closed());
        assertThat(pair.server.state()).isEqualTo(DtlsState.CLOSED);
        assertThat(pair.client.state()).isEqualTo(DtlsState.CLOSED);
    }

    @Test
    void F01_randomLossOfTwentyPercentConnects() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            HandshakePair pair = new HandshakePair();
            pair.pipe = (fromClient, index, datagram) ->
                    random.nextInt(5) == 0 ? new long[0] : new long[] {HandshakePair.ONE_WAY};
            assertConnects(pair, 25 * Time.SECOND, "seed " + seed);
        }
    }

    @Test
    void F28_aPathThatDropsWhatIsLongerThan548BytesIsCrossed() {
        HandshakePair pair = new HandshakePair();
        pair.pipe = (fromClient, index, datagram) ->
                datagram.length > 548 ? new long[0] : new long[] {HandshakePair.ONE_WAY};
        assertConnects(pair, 2 * Time.SECOND, "548 bytes at most");
        assertThat(pair.fromServer.get(0)).as("the test is worth something").hasSizeGreaterThan(548);
    }

    @Test
    void D11_reorderedRepeatedAndTornFlightsConnectWithoutAResend() {
        for (int seed = 0; seed < 60; seed++) {
            shuffle(seed);
        }
    }

    @Test
    @Tag("long")
    void D11_tenThousandPermutationsConnect() {
        for (int seed = 0; seed < 10_000; seed++) {
            shuffle(seed);
        }
    }

    /**
     * Every datagram is torn into its records, each of which arrives alone after up to 30 ms and maybe twice:
     * Finished before ChangeCipherSpec, ClientKeyExchange after it, fragments in any order.
     */
    private static void shuffle(int seed) {
        Random random = new Random(seed);
        int mtu = seed % 2 == 0 ? 1200 : SMALL_MTU;
        HandshakePair pair = new HandshakePair(
                DtlsOptions.of(HandshakePair.CLIENT_CERTIFICATE).withMtu(mtu),
                DtlsOptions.of(HandshakePair.SERVER_CERTIFICATE).withMtu(mtu));
        pair.tear = true;
        pair.pipe = (fromClient, index, datagram) -> {
            long delay = random.nextInt(30) * Time.MILLISECOND;
            return random.nextInt(4) == 0
                    ? new long[] {delay, random.nextInt(30) * Time.MILLISECOND}
                    : new long[] {delay};
        };
        pair.rttNanos = 200 * Time.MILLISECOND;
        assertConnects(pair, 400 * Time.MILLISECOND, "seed " + seed);
    }

    @Test
    void D11_aLatencyOfThreeSecondsConnects() {
        HandshakePair pair = new HandshakePair();
        pair.pipe = (fromClient, index, datagram) -> new long[] {1500 * Time.MILLISECOND};
        pair.rttNanos = 0;
        pair.start().runUntilDone(20 * Time.SECOND);
        assertThat(pair.bothConnected()).as(pair.toString()).isTrue();
    }

    @Test
    void D11_twoFlightsInOneDatagramAreUnderstood() {
        // Everything the server sends first arrives as one datagram with many records, in reverse order.
        HandshakePair pair = new HandshakePair();
        List<byte[]> records = new ArrayList<>();
        pair.start().settle();
        for (byte[] datagram : pair.fromClient) {
            pair.server.handleDatagram(datagram.clone(), 0, datagram.length, pair.now);
        }
        pair.settle();
        for (byte[] datagram : pair.fromServer) {
            records.addAll(records(datagram));
        }
        Collections.reverse(records);
        byte[] joined =
                new byte[records.stream().mapToInt(record -> record.length).sum()];
        int at = 0;
        for (byte[] record : records) {
            System.arraycopy(record, 0, joined, at, record.length);
            at += record.length;
        }
        pair.client.handleDatagram(joined, 0, joined.length, pair.now);
        pair.runUntilDone(Time.SECOND);
        assertThat(pair.bothConnected()).as(pair.toString()).isTrue();
    }

    static List<byte[]> records(byte[] datagram) {
        List<byte[]> result = new ArrayList<>();
        for (int at = 0; at < datagram.length; ) {
            int length = 13 + Bytes.u16(datagram, at + 11);
            byte[] record = new byte[length];
            System.arraycopy(datagram, at, record, 0, length);
            result.add(record);
            at += length;
        }
        return result;
    }
}

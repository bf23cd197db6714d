package dev.yodel.io.loop.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.yodel.io.loop.linux.FakeCalls.Message;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** F29 for sends in batches: what goes together, and what becomes of it when the system refuses. */
final class SendBatchTest {
    private static final InetSocketAddress LOCAL = address("127.0.0.1", 5_000);
    private static final InetSocketAddress ONE = address("127.0.0.1", 6_001);
    private static final InetSocketAddress TWO = address("127.0.0.1", 6_002);

    /** Notes what it is told. */
    private static final class Told implements SendBatch.Owner {
        final List<Integer> alone = new ArrayList<>();
        int sent;
        int full;
        SendBatch.@Nullable Socket closes;

        @Override
        public void sendAlone(ByteBuffer datagram, InetSocketAddress remote) {
            alone.add(datagram.remaining());
            if (closes != null) {
                closes.close();
            }
        }

        @Override
        public void onSent(int datagrams) {
            sent += datagrams;
        }

        @Override
        public void onFull(int datagrams) {
            full += datagrams;
        }
    }

    private final FakeCalls calls = new FakeCalls();
    private final SendBatch batch = new SendBatch(calls);
    private final Told told = new Told();

    private static InetSocketAddress address(String host, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private SendBatch.Socket attached() {
        return Objects.requireNonNull(batch.attach(LOCAL, told), "attached");
    }

    private static boolean add(SendBatch.Socket socket, int length, InetSocketAddress remote) {
        byte[] data = new byte[length + 4];
        data[3] = (byte) length;
        return socket.add(data, 3, length, remote);
    }

    @Test
    void datagramsOfOneSizeToOneAddressAreOneMessageThatTheKernelCuts() {
        SendBatch.Socket socket = attached();
        for (int i = 0; i < 8; i++) {
            assertThat(add(socket, 1_100, ONE)).isTrue();
        }
        add(socket, 700, ONE);
        add(socket, 700, ONE);
        add(socket, 1_200, ONE);
        add(socket, 1_200, TWO);
        assertThat(calls.sent).isEmpty();
        batch.flush();
        assertThat(calls.sent)
                .containsExactly(
                        new Message(FakeCalls.COPY, 6_001, 8 * 1_100 + 700, 1_100),
                        new Message(FakeCalls.COPY, 6_001, 700, 0),
                        new Message(FakeCalls.COPY, 6_001, 1_200, 0),
                        new Message(FakeCalls.COPY, 6_002, 1_200, 0));
        assertThat(calls.contents)
                .extracting(content -> content[0])
                .containsExactly((byte) 1_100, (byte) 700, (byte) 1_200, (byte) 1_200);
        assertThat(calls.calls).isEqualTo(1);
        assertThat(told.sent).isEqualTo(12);
        batch.flush();
        assertThat(calls.calls).as("nothing is sent twice").isEqualTo(1);
    }

    /** Forwarding: each packet of a burst goes to every peer before the next one does. */
    @Test
    void aBurstToManyIsOneMessageForEach() {
        SendBatch.Socket socket = attached();
        int peers = SendBatch.MOST_MESSAGES;
        for (int packet = 0; packet < 8; packet++) {
            byte[] data = new byte[packet < 7 ? 1_100 : 900];
            Arrays.fill(data, (byte) packet);
            for (int peer = 0; peer < peers; peer++) {
                assertThat(socket.add(data, 0, data.length, address("127.0.0.1", 7_000 + peer)))
                        .isTrue();
            }
        }
        batch.flush();
        assertThat(calls.calls).isEqualTo(1);
        assertThat(calls.sent).hasSize(peers);
        for (int peer = 0; peer < peers; peer++) {
            assertThat(calls.sent.get(peer)).isEqualTo(new Message(FakeCalls.COPY, 7_000 + peer, 8_600, 1_100));
            for (int at = 0; at < 8_600; at++) {
                assertThat(calls.contents.get(peer)[at]).isEqualTo((byte) (at / 1_100));
            }
        }
    }

    /** Whatever comes between: each peer gets its own datagrams whole and in their order. */
    @Test
    void toEachPeerTheOrderIsKept() {
        long seed = 8_900;
        Random random = new Random(seed);
        SendBatch.Socket socket = attached();
        Map<Integer, List<Integer>> wanted = new TreeMap<>();
        for (int number = 0; number < 20_000; number++) {
            int port = 7_000 + random.nextInt(random.nextInt(100) + 1);
            byte[] data = new byte[random.nextInt(4) > 0 ? 1_100 : 500 + random.nextInt(900)];
            ByteBuffer.wrap(data).putInt(number).putInt(data.length);
            assertThat(socket.add(data, 0, data.length, address("127.0.0.1", port)))
                    .isTrue();
            wanted.computeIfAbsent(port, any -> new ArrayList<>()).add(number);
            if (random.nextInt(500) == 0) {
                batch.flush();
            }
        }
        batch.flush();
        Map<Integer, List<Integer>> got = new TreeMap<>();
        int cut = 0;
        for (int i = 0; i < calls.sent.size(); i++) {
            Message message = calls.sent.get(i);
            ByteBuffer content = ByteBuffer.wrap(calls.contents.get(i));
            int size = message.segment() == 0 ? message.length() : message.segment();
            cut += message.segment() == 0 ? 0 : 1;
            for (int at = 0; at < message.length(); at += size) {
                assertThat(Math.min(size, message.length() - at))
                        .as("seed %d", seed)
                        .isEqualTo(content.getInt(at + 4));
                got.computeIfAbsent(message.port(), any -> new ArrayList<>()).add(content.getInt(at));
            }
        }
        assertThat(got).as("seed %d", seed).isEqualTo(wanted);
        assertThat(cut).isGreaterThan(1_000);
        assertThat(told.sent).isEqualTo(20_000);
    }

    @Test
    void F29_whatIsPutTogetherFromPiecesIsTakenToPiecesWhenRefused() {
        SendBatch.Socket socket = attached();
        calls.results.add(-5);
        for (int i = 0; i < 3; i++) {
            add(socket, 1_000, ONE);
            add(socket, 1_000, ONE);
            add(socket, 700 + i, TWO);
        }
        add(socket, 600, ONE);
        batch.flush();
        assertThat(told.alone).containsExactly(1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 600);
        assertThat(told.sent).isEqualTo(3);
    }

    @Test
    void whatDoesNotFitLeavesFirst() {
        SendBatch.Socket socket = attached();
        for (int i = 0; i < 1_000; i++) {
            add(socket, 1_100, (i & 1) == 0 ? ONE : TWO);
        }
        for (int i = 0; i < 1_000; i++) {
            add(socket, 1_100, ONE);
        }
        batch.flush();
        assertThat(told.sent).isEqualTo(2_000);
        assertThat(calls.sent)
                .allSatisfy(message -> assertThat(message.length()).isLessThanOrEqualTo(65_000));
        assertThat(calls.sent.stream().mapToInt(Message::length).sum()).isEqualTo(2_000 * 1_100);
    }

    /** More peers than there are places for their addresses, in one batch and in many. */
    @Test
    void everyPeerGetsItsOwn() {
        SendBatch.Socket socket = attached();
        List<Integer> wanted = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (int port = 7_000; port < 12_000; port++) {
                add(socket, 300, address("127.0.0.1", port));
                wanted.add(port);
            }
        }
        batch.flush();
        assertThat(calls.sent).extracting(Message::port).isEqualTo(wanted);
    }

    /** Two peers whose addresses would stand in one place must not write it anew with every batch. */
    @Test
    void peersThatComeAgainMakeNoGarbage() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        SendBatch.Socket socket = attached();
        Random random = new Random(64);
        InetSocketAddress[] peers = new InetSocketAddress[64];
        for (int i = 0; i < peers.length; i++) {
            peers[i] = address("127.0.0.1", 1_024 + random.nextInt(60_000));
        }
        byte[] data = new byte[1_100];
        long cost = 0;
        int counted = 0;
        for (int round = 0; round < 400; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (InetSocketAddress peer : peers) {
                socket.add(data, 0, data.length, peer);
            }
            if (round >= 100) {
                cost += threads.getCurrentThreadAllocatedBytes() - before;
                counted += peers.length;
            }
            batch.flush();
            calls.sent.clear();
        }
        assertThat(cost).as("bytes of heap for %d datagrams", counted).isLessThan(counted / 4);
    }

    @Test
    void anotherSocketsDatagramsWaitForThoseBefore() {
        SendBatch.Socket socket = attached();
        calls.addSocket(11, address("127.0.0.2", 5_001));
        SendBatch.Socket other = Objects.requireNonNull(batch.attach(address("127.0.0.2", 5_001), told), "the other");
        add(socket, 1_000, ONE);
        add(other, 1_000, ONE);
        add(socket, 1_000, ONE);
        other.flush();
        assertThat(calls.sent).hasSize(2);
        batch.flush();
        assertThat(calls.sent).extracting(Message::length).containsExactly(1_000, 1_000, 1_000);
    }

    @Test
    void whatCannotBeBatchedIsLeftToItsSender() throws UnknownHostException {
        SendBatch.Socket socket = attached();
        assertThat(add(socket, 1_501, ONE)).isFalse();
        assertThat(add(socket, 0, ONE)).isFalse();
        assertThat(add(socket, 1_000, address("::1", 6_001))).isFalse();
        assertThat(add(socket, 1_000, new InetSocketAddress(ONE.getAddress(), 0)))
                .isFalse();
        assertThat(add(socket, 1_000, InetSocketAddress.createUnresolved("no.such.host", 1)))
                .isFalse();
        batch.flush();
        assertThat(calls.calls).isZero();
    }

    @Test
    void F29_refusedMessagesGoOneByOneAndAfterFourNoneIsCutAnyMore() {
        SendBatch.Socket socket = attached();
        for (int round = 0; round < 4; round++) {
            calls.results.add(-5);
            for (int i = 0; i < 3; i++) {
                add(socket, 1_000, ONE);
            }
            add(socket, 900, TWO);
            batch.flush();
        }
        assertThat(told.alone).hasSize(12).containsOnly(1_000);
        assertThat(told.sent).as("those behind a refused one").isEqualTo(4);
        calls.sent.clear();
        add(socket, 1_000, ONE);
        add(socket, 1_000, ONE);
        batch.flush();
        assertThat(calls.sent)
                .containsExactly(
                        new Message(FakeCalls.COPY, 6_001, 1_000, 0), new Message(FakeCalls.COPY, 6_001, 1_000, 0));
    }

    @Test
    void F29_aPathThatTakesNoSegmentsDoesNotEndThemForOthers() {
        SendBatch.Socket socket = attached();
        for (int round = 0; round < 20; round++) {
            calls.results.add(-22);
            calls.results.add(1);
            add(socket, 1_000, ONE);
            add(socket, 1_000, ONE);
            add(socket, 1_000, TWO);
            add(socket, 1_000, TWO);
            batch.flush();
        }
        assertThat(told.alone).hasSize(40);
        assertThat(told.sent).isEqualTo(40);
        assertThat(calls.sent).hasSize(20).containsOnly(new Message(FakeCalls.COPY, 6_002, 2_000, 1_000));
    }

    @Test
    void F29_aFullSocketDropsTheRestAndSignalsAreNoFailure() {
        SendBatch.Socket socket = attached();
        calls.results.add(-SystemCalls.INTERRUPTED);
        calls.results.add(1);
        calls.results.add(-SystemCalls.FULL);
        add(socket, 1_000, ONE);
        add(socket, 1_000, TWO);
        add(socket, 1_000, TWO);
        batch.flush();
        assertThat(told.sent).isEqualTo(1);
        assertThat(told.full).isEqualTo(2);
        assertThat(told.alone).isEmpty();
        calls.results.add(0);
        add(socket, 1_000, ONE);
        batch.flush();
        assertThat(told.full).isEqualTo(3);
    }

    @Test
    void F29_anOwnerThatClosesWhenRefusedEndsItsBatch() {
        SendBatch.Socket socket = attached();
        told.closes = socket;
        calls.results.add(-101);
        for (int i = 0; i < 3; i++) {
            add(socket, 1_000, ONE);
            add(socket, 1_000, TWO);
        }
        batch.flush();
        assertThat(told.alone).hasSize(1);
        assertThat(calls.closed).containsExactly(FakeCalls.COPY);
        assertThat(add(socket, 1_000, ONE)).isFalse();
        socket.close();
        assertThat(calls.closed).hasSize(1);
    }

    @Test
    void closingSendsWhatWasCollected() {
        SendBatch.Socket socket = attached();
        add(socket, 1_000, ONE);
        socket.close();
        assertThat(told.sent).isEqualTo(1);
        assertThat(calls.closed).containsExactly(FakeCalls.COPY);
    }

    @Test
    void anOldKernelGetsOneDatagramInEachMessage() {
        calls.segments = false;
        SendBatch.Socket socket = attached();
        add(socket, 1_000, ONE);
        add(socket, 1_000, ONE);
        batch.flush();
        assertThat(calls.sent).hasSize(2).allSatisfy(message -> assertThat(message.segment())
                .isZero());
    }

    @Test
    void aSocketIsFoundByItsAddressAmongTheFilesOfTheProcess() {
        calls.addSocket(12, address("fe80::1%3", 5_000));
        SendBatch.Socket six = batch.attach(address("fe80::1", 5_000), told);
        assertThat(six).isNotNull();
        assertThat(calls.duplicated).containsExactly(12);
        // The same address on another interface is another peer.
        add(Objects.requireNonNull(six), 1_000, address("fe80::9%1", 6_003));
        add(six, 1_000, address("fe80::9%2", 6_003));
        batch.flush();
        assertThat(calls.sent).hasSize(2);
        assertThat(batch.attach(address("127.0.0.1", 5_009), told))
                .as("nobody's address")
                .isNull();
        calls.addSocket(13, LOCAL);
        assertThat(batch.attach(LOCAL, told)).as("one of two that share a port").isNull();
    }
}

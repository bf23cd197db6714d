package dev.yodel.sctp.dcep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.sctp.SctpEvent;
import dev.yodel.sctp.SctpOptions;
import dev.yodel.sctp.SctpSendResult;
import dev.yodel.sctp.SctpState;
import dev.yodel.sctp.SendOptions;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Opening, using and closing channels between two ends in virtual time. */
final class DataChannelsTest {
    private static String whyClosed(ChannelPair.End side) {
        ChannelFailure failure = side.all(DataChannelEvent.Closed.class).get(0).failure();
        return failure == null ? "" : failure.text();
    }

    private static final ChannelParameters CHAT = new ChannelParameters("chat", "v1", false, 3, -1, 512);

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void channelsMadeBeforeTheAssociationOpenWhenItIsUp() {
        ChannelPair pair = new ChannelPair(1);
        int first = pair.a.channels.open(CHAT, pair.now);
        int second = pair.a.channels.open(ChannelParameters.reliable("b"), pair.now);
        assertThat(pair.a.channels.send(first, true, bytes("early"), pair.now)).isEqualTo(SctpSendResult.CLOSED);
        pair.connect();
        assertThat(List.of(first, second)).containsExactly(0, 2);
        assertThat(pair.a.events)
                .containsExactly(
                        new DataChannelEvent.TransportConnected(65_535),
                        new DataChannelEvent.Opened(0),
                        new DataChannelEvent.Opened(2));
        assertThat(pair.b.events)
                .containsExactly(
                        new DataChannelEvent.TransportConnected(65_535),
                        new DataChannelEvent.Announced(0, CHAT),
                        new DataChannelEvent.Announced(2, ChannelParameters.reliable("b")));
        // RFC 8832 6: the server's are odd.
        assertThat(pair.b.channels.open(CHAT, pair.now)).isEqualTo(1);
    }

    @Test
    void C19_kindsOfMessagesKeepTheirKind() {
        ChannelPair pair = ChannelPair.connected(2);
        int id = pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
        pair.a.channels.send(id, true, bytes("text"), pair.now);
        pair.a.channels.send(id, false, bytes("binary"), pair.now);
        pair.a.channels.send(id, true, new byte[0], pair.now);
        pair.a.channels.send(id, false, new byte[0], pair.now);
        assertThat(pair.a.channels.bufferedAmount(id)).isEqualTo(10);
        pair.run(Time.SECOND);
        assertThat(pair.a.channels.bufferedAmount(id)).isZero();
        assertThat(pair.b.texts()).containsExactly("0ttext", "0bbinary", "0t", "0b");
    }

    @Test
    void C19_deprecatedPiecesAreJoinedAndOtherIdentifiersDropped() {
        ChannelPair pair = ChannelPair.connected(3);
        int id = pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
        var raw = pair.a.channels.association();
        raw.send(id, PayloadProtocol.BINARY_PARTIAL, bytes("one "), SendOptions.RELIABLE, pair.now);
        raw.send(id, PayloadProtocol.BINARY_PARTIAL, bytes("two "), SendOptions.RELIABLE, pair.now);
        raw.send(id, PayloadProtocol.BINARY, bytes("three"), SendOptions.RELIABLE, pair.now);
        raw.send(id, 99, bytes("no kind"), SendOptions.RELIABLE, pair.now);
        raw.send(id, 0, bytes("no kind"), SendOptions.RELIABLE, pair.now);
        raw.send(id, PayloadProtocol.TEXT_EMPTY, bytes("ignored"), SendOptions.RELIABLE, pair.now);
        raw.send(id, PayloadProtocol.TEXT, new byte[] {(byte) 0xff}, SendOptions.RELIABLE, pair.now);
        pair.run(Time.SECOND);
        assertThat(pair.b.texts()).containsExactly("0bone two three", "0t", "0t\u00ff");
        assertThat(pair.b.channels.counters().messagesDropped()).isEqualTo(2);
        assertThat(pair.b.channels.association().receiveHeapBytes()).isZero();
    }

    @Test
    void C10_aMessageInPiecesThatIsTooLargeClosesItsChannel() {
        ChannelPair pair = ChannelPair.connected(4);
        int id = pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
        for (int i = 0; i < 5; i++) {
            pair.a
                    .channels
                    .association()
                    .send(id, PayloadProtocol.BINARY_PARTIAL, new byte[60_000], SendOptions.RELIABLE, pair.now);
        }
        pair.run(3 * Time.SECOND);
        assertThat(pair.b.all(DataChannelEvent.Closed.class)).hasSize(1);
        assertThat(whyClosed(pair.b)).contains("262144");
        assertThat(pair.a.all(DataChannelEvent.Closed.class)).hasSize(1);
        assertThat(pair.b.channels.association().receiveHeapBytes()).isZero();
    }

    @Test
    void C10_theLargestMessageIsExact() {
        ChannelPair pair = ChannelPair.connected(5);
        int id = pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
        assertThat(pair.a.channels.send(id, false, new byte[262_145], pair.now)).isEqualTo(SctpSendResult.TOO_LARGE);
        assertThat(pair.a.channels.send(id, false, new byte[262_144], pair.now)).isEqualTo(SctpSendResult.ACCEPTED);
        pair.a.channels.maxSendBytes(10);
        assertThat(pair.a.channels.send(id, false, new byte[11], pair.now)).isEqualTo(SctpSendResult.TOO_LARGE);
        pair.run(Time.SECOND);
        assertThat(pair.b.all(DataChannelEvent.Message.class)).hasSize(1);
    }

    @Test
    void C10_aPeerThatSendsMoreThanAnnouncedEndsTheAssociationWithAReason() {
        ChannelPair pair = new ChannelPair(6, 10, new SctpOptions(5000, 5000, 1188, 5 << 20, 16 << 20, 1000, 2000));
        pair.connect();
        int id = pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
        pair.a.channels.send(id, false, new byte[1000], pair.now);
        pair.run(Time.SECOND);
        pair.a.channels.send(id, false, new byte[1001], pair.now);
        pair.run(Time.SECOND);
        assertThat(pair.b.all(DataChannelEvent.Message.class)).hasSize(1);
        assertThat(whyClosed(pair.b)).contains("max-message-size");
        assertThat(pair.b.all(DataChannelEvent.TransportClosed.class)).hasSize(1);
        assertThat(pair.a.all(DataChannelEvent.Closed.class).get(0).failure()).isNotNull();
    }

    @Test
    void negotiatedChannelsSayNothing() {
        ChannelPair pair = ChannelPair.connected(7);
        assertThat(pair.a.channels.open(5, CHAT, true, pair.now)).isTrue();
        assertThat(pair.b.channels.open(5, CHAT, true, pair.now)).isTrue();
        assertThat(pair.b.channels.open(5, CHAT, true, pair.now)).isFalse();
        pair.a.channels.send(5, true, bytes("hi"), pair.now);
        pair.run(Time.SECOND);
        assertThat(pair.b.all(DataChannelEvent.Announced.class)).isEmpty();
        assertThat(pair.b.texts()).containsExactly("5thi");
        assertThatThrownBy(() -> pair.a.channels.open(65_535, CHAT, true, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void unorderedMessagesWaitForTheAnswer() {
        // RFC 8832 6: until the ACK nothing may overtake the OPEN, or the peer would not know the channel.
        ChannelPair pair = ChannelPair.connected(8);
        int lost = pair.a.channels.open(new ChannelParameters("u", "", false, -1, -1, 256), pair.now);
        boolean[] dropped = new boolean[1];
        pair.lostToB = packet -> {
            boolean first = !dropped[0];
            dropped[0] = true;
            return first;
        };
        pair.drain();
        for (int i = 0; i < 20; i++) {
            pair.a.channels.send(lost, true, bytes("m" + i), pair.now);
        }
        pair.run(5 * Time.SECOND);
        assertThat(pair.b.texts()).hasSize(20);
        assertThat(pair.b.channels.counters().messagesDropped()).isZero();
    }

    @Test
    void closingSendsWhatWaitsAndFreesTheIdOnBothSides() {
        ChannelPair pair = ChannelPair.connected(9);
        int id = pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
        pair.run(Time.SECOND);
        pair.a.channels.send(id, false, new byte[200_000], pair.now);
        pair.a.channels.close(id);
        assertThat(pair.a.channels.send(id, false, bytes("late"), pair.now)).isEqualTo(SctpSendResult.CLOSED);
        pair.run(2 * Time.SECOND);
        assertThat(pair.b.all(DataChannelEvent.Message.class)).hasSize(1);
        assertThat(pair.b.events.subList(3, pair.b.events.size()))
                .containsExactly(new DataChannelEvent.RemoteClosing(id), new DataChannelEvent.Closed(id, null));
        assertThat(pair.a.all(DataChannelEvent.RemoteClosing.class)).isEmpty();
        assertThat(pair.a.all(DataChannelEvent.Closed.class)).containsExactly(new DataChannelEvent.Closed(id, null));
        assertThat(pair.a.channels.channelCount() + pair.b.channels.channelCount())
                .isZero();
        assertThat(pair.a.channels.open(CHAT, pair.now)).isEqualTo(id);
        pair.run(Time.SECOND);
        assertThat(pair.b.all(DataChannelEvent.Announced.class)).hasSize(2);
    }

    @Test
    void bothMayCloseAtOnce() {
        ChannelPair pair = ChannelPair.connected(10);
        int id = pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
        pair.run(Time.SECOND);
        pair.a.channels.close(id);
        pair.b.channels.close(id);
        pair.run(Time.SECOND);
        assertThat(pair.a.all(DataChannelEvent.Closed.class)).hasSize(1);
        assertThat(pair.b.all(DataChannelEvent.Closed.class)).hasSize(1);
    }

    @Test
    void F24_aLostResetIsAskedForAgain() {
        for (int lost = 0; lost < 4; lost++) {
            ChannelPair pair = ChannelPair.connected(20 + lost);
            int id = pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
            pair.run(Time.SECOND);
            int[] count = new int[1];
            int which = lost;
            pair.lostToB = packet -> count[0]++ == which;
            pair.lostToA = packet -> count[0]++ == which;
            pair.a.channels.close(id);
            // Two round trips of 20 ms and a retransmission time-out.
            pair.run(600 * Time.MILLISECOND);
            assertThat(pair.a.all(DataChannelEvent.Closed.class))
                    .as("lost " + lost)
                    .hasSize(1);
            assertThat(pair.b.all(DataChannelEvent.Closed.class))
                    .as("lost " + lost)
                    .hasSize(1);
            assertThat(pair.a.channels.open(CHAT, pair.now)).as("lost " + lost).isEqualTo(id);
        }
    }

    @Test
    void C11_anIdIsUsedAgainOnlyWhenBothDirectionsAreReset() {
        ChannelPair pair = ChannelPair.connected(30);
        int id = pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
        pair.run(Time.SECOND);
        pair.lostToB = packet -> true;
        pair.a.channels.close(id);
        pair.drain();
        assertThat(pair.a.channels.open(CHAT, pair.now)).isEqualTo(id + 2);
        assertThat(pair.a.channels.open(id, CHAT, true, pair.now)).isFalse();
        pair.lostToB = packet -> false;
        pair.run(3 * Time.SECOND);
        assertThat(pair.a.channels.open(CHAT, pair.now)).isEqualTo(id);
    }

    @Test
    void C11_openingAndClosingForEverKeepsNothing() {
        // With -Plong 1,000,000 channels of one association, 50 at a time beside one that lives.
        boolean all = Boolean.getBoolean("yodel.long");
        openAndClose(all ? 20_000 : 100, all ? 50 : 10);
        openAndClose(2_000, 1);
    }

    private static void openAndClose(int cycles, int atOnce) {
        ChannelPair pair = ChannelPair.connected(31);
        int live = pair.a.channels.open(ChannelParameters.reliable("live"), pair.now);
        pair.run(Time.SECOND);
        for (int i = 0; i < cycles; i++) {
            for (int k = 1; k <= atOnce; k++) {
                int id = pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
                assertThat(id).isEqualTo(live + 2 * k);
                pair.a.channels.send(id, true, bytes("x"), pair.now);
                pair.a.channels.close(id);
            }
            for (int round = 0; round < 40 && pair.a.channels.channelCount() + pair.b.channels.channelCount() > 2; ) {
                pair.run(10 * Time.MILLISECOND);
                round++;
            }
            assertThat(pair.a.channels.channelCount()).isEqualTo(1);
            assertThat(pair.b.channels.channelCount()).isEqualTo(1);
            assertThat(pair.b.all(DataChannelEvent.Message.class)).hasSize(atOnce);
            pair.a.events.clear();
            pair.b.events.clear();
        }
        assertThat(pair.b.channels.association().receiveHeapBytes()).isZero();
        assertThat(pair.a.channels.association().sendHeapBytes()).isZero();
    }

    @Test
    void C11_anOpenOnAnOpenChannelClosesIt() {
        ChannelPair pair = ChannelPair.connected(32);
        int id = pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
        pair.run(Time.SECOND);
        send(pair, id, new DataChannelMessage.Open(CHAT).write());
        pair.run(2 * Time.SECOND);
        assertThat(pair.b.all(DataChannelEvent.Announced.class)).hasSize(1);
        assertThat(whyClosed(pair.b)).contains("cannot be");
        assertThat(pair.a.all(DataChannelEvent.Closed.class)).hasSize(1);
        assertThat(pair.b.channels.channelCount()).isZero();
    }

    @Test
    void C11_aPeerThatTakesTheOtherSidesIdIsRefused() {
        ChannelPair pair = ChannelPair.connected(33);
        pair.a.channels.open(1, CHAT, false, pair.now);
        pair.run(2 * Time.SECOND);
        assertThat(pair.b.all(DataChannelEvent.Announced.class)).isEmpty();
        assertThat(pair.b.channels.counters().opensRefused()).isEqualTo(1);
        assertThat(pair.a.all(DataChannelEvent.RemoteClosing.class)).hasSize(1);
        assertThat(pair.a.all(DataChannelEvent.Closed.class)).hasSize(1);
        assertThat(pair.b.channels.channelCount()).isZero();
    }

    private static void send(ChannelPair pair, int id, byte[] dcep) {
        assertThat(pair.a.channels.association().send(id, PayloadProtocol.DCEP, dcep, SendOptions.RELIABLE, pair.now))
                .isEqualTo(SctpSendResult.ACCEPTED);
    }

    @Test
    void C18_malformedOpensAreAnsweredByAReset() {
        List<byte[]> bad = DataChannelMessageTest.malformed();
        ChannelPair pair = ChannelPair.connected(34);
        for (int i = 0; i < bad.size(); i++) {
            send(pair, 100 + 2 * i, bad.get(i));
        }
        pair.run(3 * Time.SECOND);
        assertThat(pair.b.events).containsExactly(new DataChannelEvent.TransportConnected(65_535));
        assertThat(pair.b.channels.counters().opensRefused()).isEqualTo(bad.size());
        // The streams are free again: nothing of them is kept.
        assertThat(pair.b.channels.channelCount()).isZero();
        assertThat(pair.b.channels.state()).isEqualTo(SctpState.ESTABLISHED);
    }

    @Test
    void C18_anAckToNothingIsIgnored() {
        ChannelPair pair = ChannelPair.connected(35);
        send(pair, 40, new byte[] {DataChannelMessage.TYPE_ACK});
        pair.b.channels.open(7, CHAT, true, pair.now);
        pair.a.channels.open(7, CHAT, true, pair.now);
        send(pair, 7, new byte[] {DataChannelMessage.TYPE_ACK});
        pair.run(Time.SECOND);
        assertThat(pair.b.channels.counters().messagesDropped()).isEqualTo(2);
        assertThat(pair.b.all(DataChannelEvent.Closed.class)).isEmpty();
    }

    @Test
    void C21_aPeerMayOpenSoManyChannelsAndNoMore() {
        ChannelPair pair = new ChannelPair(36, 1024, SctpOptions.defaults());
        pair.connect();
        for (int i = 0; i < 1500; i++) {
            pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
        }
        pair.run(10 * Time.SECOND);
        assertThat(pair.b.all(DataChannelEvent.Announced.class)).hasSize(1024);
        assertThat(pair.b.channels.channelCount()).isEqualTo(1024);
        assertThat(pair.a.channels.channelCount()).isEqualTo(1024);
        pair.b.channels.close(0);
        pair.run(Time.SECOND);
        pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
        pair.run(Time.SECOND);
        assertThat(pair.b.all(DataChannelEvent.Announced.class)).hasSize(1025);
    }

    @Test
    void messagesForUnknownChannelsAreDropped() {
        ChannelPair pair = ChannelPair.connected(37);
        pair.a.channels.open(9, CHAT, true, pair.now);
        pair.a.channels.send(9, true, bytes("nobody is here"), pair.now);
        pair.a.channels.close(9);
        pair.run(Time.SECOND);
        assertThat(pair.b.texts()).isEmpty();
        assertThat(pair.b.channels.counters().messagesDropped()).isEqualTo(1);
        // The peer that waits for our half of a channel we never had gets it.
        assertThat(pair.a.all(DataChannelEvent.Closed.class)).hasSize(1);
    }

    @Test
    void C22_messagesThatAreNotReleasedCloseTheWindow() {
        ChannelPair pair = ChannelPair.connected(38);
        pair.b.releases = false;
        int slow = pair.a.channels.open(ChannelParameters.reliable("slow"), pair.now);
        int other = pair.a.channels.open(ChannelParameters.reliable("other"), pair.now);
        for (int i = 0; i < 4; i++) {
            pair.a.channels.send(slow, false, new byte[250_000], pair.now);
        }
        pair.run(5 * Time.SECOND);
        pair.a.channels.send(other, true, bytes("still"), pair.now);
        pair.run(Time.SECOND);
        assertThat(pair.b.texts()).contains(other + "tstill");
        for (int i = 0; i < 40; i++) {
            pair.a.channels.send(slow, false, new byte[250_000], pair.now);
        }
        pair.run(20 * Time.SECOND);
        long held = 0;
        for (DataChannelEvent.Message message : pair.b.all(DataChannelEvent.Message.class)) {
            held += message.data().length + DataChannels.MESSAGE_OVERHEAD_BYTES;
        }
        assertThat(held).isBetween(4L << 20, (5L << 20) + 262_144);
        assertThat(pair.b.channels.association().receiveHeapBytes()).isLessThan(6 << 20);
        pair.b.releases = true;
        pair.b.channels.release(held);
        pair.run(20 * Time.SECOND);
        assertThat(pair.b.all(DataChannelEvent.Message.class)).hasSize(45);
        assertThat(pair.b.channels.association().receiveHeapBytes()).isZero();
    }

    @Test
    void F26_theEndOfTheAssociationEndsEveryChannelWithItsReason() {
        ChannelPair pair = ChannelPair.connected(39);
        int id = pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
        pair.run(Time.SECOND);
        pair.a.channels.abort("enough");
        pair.run(Time.SECOND);
        assertThat(pair.a.events.subList(2, 4))
                .containsExactly(new DataChannelEvent.Closed(id, null), new DataChannelEvent.TransportClosed(null));
        DataChannelEvent.TransportClosed down =
                pair.b.all(DataChannelEvent.TransportClosed.class).get(0);
        assertThat(down.failure()).isNotNull();
        assertThat(down.failure().reason()).isEqualTo(SctpEvent.Reason.PEER_ABORTED);
        assertThat(pair.b.all(DataChannelEvent.Closed.class).get(0).failure()).isNotNull();
        assertThat(pair.b.channels.open(CHAT, pair.now)).isEqualTo(-1);
    }

    @Test
    void F26_aPeerThatNeverAnswersEndsWaitingChannels() {
        ChannelPair pair = new ChannelPair(40);
        pair.lostToB = packet -> true;
        pair.a.channels.open(CHAT, pair.now);
        pair.a.channels.connect(pair.now);
        pair.run(60 * Time.SECOND);
        assertThat(whyClosed(pair.a)).contains("no answer");
        assertThat(pair.a.all(DataChannelEvent.TransportClosed.class)).hasSize(1);
    }

    @Test
    void aPeerMayUseAnIdAgainBeforeItsAnswerToOurResetHasCome() {
        ChannelPair pair = ChannelPair.connected(41);
        int id = pair.a.channels.open(ChannelParameters.reliable("first"), pair.now);
        pair.run(Time.SECOND);
        pair.b.channels.close(id);
        // B's reset is at A, A's reset and answer at B; from then on B's answer is lost.
        pair.run(15 * Time.MILLISECOND);
        pair.lostToA = packet -> true;
        pair.run(10 * Time.MILLISECOND);
        pair.lostToA = packet -> false;
        assertThat(pair.b.channels.channelCount()).isZero();
        assertThat(pair.a.channels.channelCount()).isEqualTo(1);
        // What A may not do yet B could, were the stream B's: so the OPEN is written by hand.
        ChannelPair.End opener = pair.b;
        opener.channels
                .association()
                .send(
                        id,
                        PayloadProtocol.DCEP,
                        new DataChannelMessage.Open(CHAT).write(),
                        SendOptions.RELIABLE,
                        pair.now);
        pair.run(2 * Time.SECOND);
        assertThat(pair.a.all(DataChannelEvent.Closed.class)).containsExactly(new DataChannelEvent.Closed(id, null));
        assertThat(pair.a.channels.counters().opensRefused()).isEqualTo(1);
        assertThat(pair.a.channels.channelCount()).isZero();
    }

    @Test
    void controlChunksStandBeforeData() {
        // RFC 9260 6.10; usrsctp answers anything else with an ABORT.
        ChannelPair pair = ChannelPair.connected(42);
        int[] mixed = new int[1];
        Predicate<byte[]> look = packet -> {
            boolean data = false;
            for (int at = 12; at + 4 <= packet.length; at += (Bytes.u16(packet, at + 2) + 3) & ~3) {
                boolean isData = packet[at] == 0 || packet[at] == 64;
                assertThat(isData || !data)
                        .as("chunk %d behind data", packet[at])
                        .isTrue();
                mixed[0] += isData && at > 12 ? 1 : 0;
                data |= isData;
            }
            return false;
        };
        pair.lostToA = look;
        pair.lostToB = look;
        int id = pair.a.channels.open(ChannelParameters.reliable("c"), pair.now);
        pair.run(100 * Time.MILLISECOND);
        for (int i = 0; i < 200; i++) {
            pair.a.channels.send(id, false, new byte[100], pair.now);
            pair.b.channels.send(id, false, new byte[1 + 20 * i], pair.now);
            pair.run(7 * Time.MILLISECOND);
        }
        assertThat(mixed[0]).as("data behind a SACK or other data").isGreaterThan(20);
    }
}

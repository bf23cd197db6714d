package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.media.EncodedFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tap sees what goes over the wire in the clear, both ways, and harms nobody when it throws. */
class PacketTapTest {
    @TempDir
    Path folder;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Seen(boolean outgoing, PacketTap.Protocol protocol, byte[] data, long wallNanos) {}

    private static void talk(Settings settings, long seed) {
        try (SimulatedPair pair = new SimulatedPair(dev.yodel.simulator.Simulator.create(seed), settings)) {
            EncodedTrack voice = EncodedTrack.pcmu("a");
            pair.a.addTrack(voice);
            DataChannel channel = pair.a.createDataChannel("words");
            channel.onOpen(() -> channel.send("a secret"));
            pair.connect();
            for (int i = 0; i < 150; i++) {
                pair.simulator.schedule(
                        Duration.ofMillis(20L * i),
                        () -> voice.write(EncodedFrame.ofDuration(
                                "good morning".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 20_000_000)));
            }
            pair.simulator.run(Duration.ofSeconds(4));
            assertThat(channel.readyState()).isEqualTo(DataChannelState.OPEN);
        }
    }

    private static boolean contains(byte[] data, String words) {
        return new String(data, java.nio.charset.StandardCharsets.ISO_8859_1).contains(words);
    }

    @Test
    void everyPacketIsSeenInTheClearBothWays() {
        List<Seen> seen = new ArrayList<>();
        talk(
                Settings.builder()
                        .packetTap((transport, outgoing, protocol, wallNanos, data, offset, length) -> {
                            byte[] copy = java.util.Arrays.copyOfRange(data, offset, offset + length);
                            seen.add(new Seen(outgoing, protocol, copy, wallNanos));
                            assertThat(transport).isEqualTo(1);
                        })
                        .build(),
                31);
        for (boolean outgoing : new boolean[] {true, false}) {
            assertThat(seen.stream()
                            .filter(one -> one.outgoing == outgoing && one.protocol == PacketTap.Protocol.RTP)
                            .filter(one -> contains(one.data, "good morning"))
                            .count())
                    .isEqualTo(150);
            assertThat(seen.stream()
                            .filter(one -> one.outgoing == outgoing && one.protocol == PacketTap.Protocol.SCTP)
                            .filter(one -> contains(one.data, "a secret"))
                            .count())
                    .isEqualTo(1);
            assertThat(seen.stream()
                            .filter(one -> one.outgoing == outgoing && one.protocol == PacketTap.Protocol.RTCP)
                            // RFC 3550 6.4: sender and receiver reports.
                            .filter(one -> (one.data[1] & 0xff) == 200 || (one.data[1] & 0xff) == 201)
                            .count())
                    .isGreaterThan(2);
        }
        for (int i = 1; i < seen.size(); i++) {
            assertThat(seen.get(i).wallNanos).isGreaterThanOrEqualTo(seen.get(i - 1).wallNanos - 5_000_000_000L);
        }
    }

    @Test
    void aTapThatThrowsHarmsNobodyAndIsAskedOnce() {
        int[] calls = {0};
        talk(
                Settings.builder()
                        .packetTap((transport, outgoing, protocol, wallNanos, data, offset, length) -> {
                            calls[0]++;
                            throw new IllegalStateException("on purpose");
                        })
                        .build(),
                32);
        // Of each of the two transports.
        assertThat(calls[0]).isEqualTo(2);
    }

    /** Read by a parser of our own: headers of the format, IPv4, UDP, and the payloads' own. */
    @Test
    void aCaptureHoldsReportsVoiceAndMessages() throws IOException {
        Path file = folder.resolve("call.pcap");
        PcapRecorder recorder = PcapRecorder.to(file);
        talk(Settings.builder().packetTap(recorder).build(), 33);
        recorder.close();
        assertThat(recorder.dropped()).isZero();
        ByteBuffer capture = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        capture.position(24);
        int[] counts = new int[3];
        long packets = 0;
        while (capture.hasRemaining()) {
            int length = capture.getInt(capture.position() + 8);
            byte[] packet = new byte[length];
            capture.position(capture.position() + 16);
            capture.get(packet);
            packets++;
            assertThat(packet[0]).isEqualTo((byte) 0x45);
            assertThat(packet[9]).isEqualTo((byte) 17);
            int port = ((packet[20] & 0xff) << 8) | (packet[21] & 0xff);
            switch (port) {
                case 5004 -> {
                    counts[0]++;
                    assertThat(packet[28] & 0xc0).isEqualTo(0x80);
                }
                case 5005 -> {
                    counts[1]++;
                    assertThat(packet[29] & 0xff).isBetween(200, 207);
                }
                case 9899 -> counts[2]++;
                default -> assertThat(port).isZero();
            }
        }
        assertThat(packets).isEqualTo(recorder.packets());
        assertThat(counts[0]).isGreaterThanOrEqualTo(300);
        assertThat(counts[1]).isGreaterThan(4);
        assertThat(counts[2]).isGreaterThan(8);
    }
}

package dev.yodel.benchmarks;

import dev.yodel.io.ByteWriter;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.payload.Depacketizer;
import dev.yodel.rtp.payload.FrameAssembler;
import dev.yodel.rtp.payload.Packetizer;
import dev.yodel.rtp.rtcp.GenericNack;
import dev.yodel.rtp.rtcp.PictureLossIndication;
import dev.yodel.rtp.rtcp.ReceiverEstimatedBitrate;
import dev.yodel.rtp.rtcp.ReceiverReport;
import dev.yodel.rtp.rtcp.ReportBlock;
import dev.yodel.rtp.rtcp.RtcpCompound;
import dev.yodel.rtp.rtcp.RtcpPacket;
import dev.yodel.rtp.rtcp.SenderReport;
import dev.yodel.rtp.rtcp.SourceDescription;
import dev.yodel.rtp.rtcp.TransportFeedback;
import dev.yodel.srtp.SrtpProfile;
import dev.yodel.srtp.SrtpSession;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/**
 * What one packet costs in each layer: nanoseconds of CPU, the best of many blocks, and bytes allocated in that
 * block. SRTP of 160 and 1,100 bytes in both directions, packetizers and depacketizers of video (frames of 8,000
 * bytes in packets of 1,100), RTCP read.
 */
public final class PacketCost {
    private static final int ROUNDS = 60;
    private static final int FRAME = 8_000;
    private static final int PAYLOAD = 1_100;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Work on some packets; how many they were. */
    @FunctionalInterface
    private interface Work {
        int run();
    }

    private PacketCost() {}

    /**
     * Prints a table.
     *
     * @param args none
     */
    public static void main(String[] args) {
        System.out.println("| layer | ns a packet | bytes allocated |\n|---|---|---|");
        for (SrtpProfile profile : SrtpProfile.values()) {
            for (int length : new int[] {160, PAYLOAD}) {
                srtp(profile, length);
            }
        }
        for (String codec : List.of("VP8", "VP9", "H264", "H265", "AV1")) {
            video(codec);
        }
        rtcp();
    }

    private static void measure(String name, Work work) {
        measure(name, work, () -> {});
    }

    /** What is not measured comes before each block. */
    private static void measure(String name, Work work, Runnable before) {
        double best = Double.MAX_VALUE;
        double bytes = 0;
        for (int round = 0; round < ROUNDS; round++) {
            before.run();
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long start = THREADS.getCurrentThreadCpuTime();
            int packets = work.run();
            double nanos = (double) (THREADS.getCurrentThreadCpuTime() - start) / packets;
            if (nanos < best) {
                best = nanos;
                bytes = (double) (THREADS.getCurrentThreadAllocatedBytes() - allocated) / packets;
            }
        }
        System.out.printf(Locale.ROOT, "| %s | %.0f | %.0f |%n", name, best, bytes);
    }

    private static void srtp(SrtpProfile profile, int length) {
        int count = 10_000;
        byte[] material = new byte[profile.keyingMaterialLength()];
        new Random(4).nextBytes(material);
        SrtpSession alone = new SrtpSession(profile, material, true);
        SrtpSession ours = new SrtpSession(profile, material, true);
        SrtpSession theirs = new SrtpSession(profile, material, false);
        int size = 12 + length;
        int room = size + profile.rtpOverhead();
        byte[] packets = new byte[count * room];
        int[] number = {0};
        Runnable fill = () -> {
            for (int i = 0; i < count; i++) {
                int at = i * room;
                Arrays.fill(packets, at, at + size, (byte) i);
                packets[at] = (byte) 0x80;
                packets[at + 1] = 96;
                packets[at + 2] = (byte) (number[0] >> 8);
                packets[at + 3] = (byte) number[0]++;
                Arrays.fill(packets, at + 8, at + 12, (byte) 7);
            }
        };
        String name = "SRTP " + profile + ", " + length + " B";
        measure(name + ", protect", () -> protect(alone, packets, room, size), fill);
        measure(
                name + ", unprotect",
                () -> {
                    for (int at = 0; at < packets.length; at += room) {
                        check(theirs.unprotectRtp(packets, at, room) == size);
                    }
                    return count;
                },
                () -> {
                    fill.run();
                    protect(ours, packets, room, size);
                });
    }

    private static int protect(SrtpSession session, byte[] packets, int room, int size) {
        for (int at = 0; at < packets.length; at += room) {
            check(session.protectRtp(packets, at, size) == room);
        }
        return packets.length / room;
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("a packet was refused");
        }
    }

    private static void video(String name) {
        int frames = 500;
        RtpCodec codec = new RtpCodec(96, name, 90_000, 1, Map.of("packetization-mode", "1"), Set.of());
        Packetizer packetizer = Objects.requireNonNull(Packetizer.of(codec, 1));
        Depacketizer reader = Objects.requireNonNull(Depacketizer.of(codec));
        FrameAssembler assembler = new FrameAssembler(Objects.requireNonNull(Depacketizer.of(codec)), 1 << 22);
        byte[] frame = keyFrame(name);
        byte[] payload = new byte[2_048];
        measure(name + " packetizer", () -> {
            int packets = 0;
            for (int i = 0; i < frames; i++) {
                packetizer.begin(frame, 0, frame.length, PAYLOAD, false);
                while (packetizer.next(payload, 0) > 0) {
                    packets++;
                }
            }
            return packets;
        });
        List<byte[]> payloads = new ArrayList<>();
        packetizer.begin(frame, 0, frame.length, PAYLOAD, false);
        for (int length = packetizer.next(payload, 0); length > 0; length = packetizer.next(payload, 0)) {
            payloads.add(Arrays.copyOf(payload, length));
        }
        measure(name + " payload read (what a relay does)", () -> {
            for (int i = 0; i < frames; i++) {
                for (int k = 0; k < payloads.size(); k++) {
                    check(reader.read(payloads.get(k), 0, payloads.get(k).length));
                }
            }
            return frames * payloads.size();
        });
        long[] sequence = {100};
        measure(name + " depacketizer, frames put together", () -> {
            int whole = 0;
            for (int i = 0; i < frames; i++) {
                long timestamp = sequence[0] * 90;
                for (int k = 0; k < payloads.size(); k++) {
                    byte[] one = payloads.get(k);
                    assembler.push(sequence[0]++, timestamp, k == payloads.size() - 1, one, 0, one.length);
                }
                while (assembler.poll() != null) {
                    whole++;
                }
            }
            check(whole > frames / 2);
            return frames * payloads.size();
        });
    }

    /** A key frame as an encoder of the codec writes it. */
    private static byte[] keyFrame(String codec) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (codec) {
            case "H264" -> {
                unit(out, 30, 0x67);
                unit(out, 8, 0x68);
                unit(out, FRAME, 0x65);
            }
            case "H265" -> {
                unit(out, 20, 0x40, 1);
                unit(out, 30, 0x42, 1);
                unit(out, 8, 0x44, 1);
                unit(out, FRAME, 0x26, 1);
            }
            case "AV1" -> {
                // A sequence header, and a frame with its size in LEB128.
                out.writeBytes(new byte[] {1 << 3 | 2, 11});
                out.writeBytes(filled(11));
                out.writeBytes(new byte[] {6 << 3 | 2, (byte) ((FRAME & 0x7f) | 0x80), FRAME >> 7});
                out.writeBytes(filled(FRAME));
            }
            default -> {
                byte[] data = filled(FRAME);
                data[0] = (byte) (codec.equals("VP9") ? 0x82 : 0);
                out.writeBytes(data);
            }
        }
        return out.toByteArray();
    }

    private static void unit(ByteArrayOutputStream out, int size, int... header) {
        out.writeBytes(new byte[] {0, 0, 0, 1});
        for (int value : header) {
            out.write(value);
        }
        out.writeBytes(filled(size));
    }

    private static byte[] filled(int size) {
        byte[] data = new byte[size];
        Arrays.fill(data, (byte) 0x55);
        return data;
    }

    private static void rtcp() {
        ReportBlock block = new ReportBlock(7, 12, 300, 70_000, 80, 0x1234_5678L, 90);
        SourceDescription names = new SourceDescription(List.of(new SourceDescription.Chunk(5, "0123456789abcdef")));
        long[] arrivals = new long[50];
        for (int i = 0; i < arrivals.length; i++) {
            arrivals[i] = i % 10 == 3 ? TransportFeedback.NOT_RECEIVED : 1_000_000 + i * 2_000L;
        }
        read("SR with a block, SDES", new SenderReport(5, 1L << 60, 90_000, 1_000, 1_000_000, List.of(block)), names);
        read("RR with a block, SDES", new ReceiverReport(5, List.of(block)), names);
        read("NACK of 10 packets", GenericNack.of(5, 7, new int[] {1, 2, 3, 9, 30, 31, 60, 90, 91, 99}, 10));
        read("PLI", new PictureLossIndication(5, 7));
        read("REMB", new ReceiverEstimatedBitrate(5, 1_000_000, List.of(7L)));
        read("transport-wide feedback on 50 packets", TransportFeedback.of(5, 7, 1, 100, arrivals));
    }

    private static void read(String name, RtcpPacket... packets) {
        int length = 0;
        for (RtcpPacket packet : packets) {
            length += packet.size();
        }
        byte[] data = new byte[length];
        ByteWriter out = new ByteWriter(data, 0, length);
        for (RtcpPacket packet : packets) {
            packet.write(out);
        }
        int count = 20_000;
        int[] seen = new int[1];
        int wanted = packets.length;
        measure("RTCP read: " + name + " (" + length + " B)", () -> {
            for (int i = 0; i < count; i++) {
                seen[0] += RtcpCompound.parse(data, 0, data.length).packets().size();
            }
            check(seen[0] % wanted == 0 && seen[0] > 0);
            return count;
        });
    }
}

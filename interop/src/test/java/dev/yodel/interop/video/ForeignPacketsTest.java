package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Requirements;
import dev.yodel.io.SequenceUnwrapper;
import dev.yodel.media.file.AnnexBReader;
import dev.yodel.media.file.IvfReader;
import dev.yodel.media.file.WebmReader;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.RtpPacket;
import dev.yodel.rtp.payload.Depacketizer;
import dev.yodel.rtp.payload.FrameAssembler;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What FFmpeg's packetizers make of a film is put together again by us, and is the film to the last bit. */
class ForeignPacketsTest {
    private static final int FRAMES = 40;
    private static final int PAYLOAD_TYPE = 96;
    private static final int MAX_FRAME = 1 << 20;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "VP8, film.ivf, -c:v libvpx -deadline realtime -cpu-used 8",
        "VP9, film.ivf, -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -lag-in-frames 0",
        "H264, film.h264, -c:v libx264 -preset ultrafast -tune zerolatency",
        "H265, film.hevc, -c:v libx265 -preset ultrafast -tune zerolatency"
    })
    void R10_aCapturedStreamIsTheFilmToTheLastBit(String codec, String name, String encoder) throws Exception {
        Path film = folder.resolve(name);
        List<byte[]> packets = new ArrayList<>();
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setReceiveBufferSize(1 << 20);
            List<String> command = new ArrayList<>(List.of(
                    Requirements.program("ffmpeg").toString(), "-nostdin", "-hide_banner", "-loglevel", "error"));
            command.addAll(List.of("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-map", "0:v"));
            command.addAll(List.of("-pix_fmt", "yuv420p", "-frames:v", Integer.toString(FRAMES), "-g", "15"));
            command.addAll(Arrays.asList(encoder.split(" ", -1)));
            command.addAll(List.of("-b:v", "600k", "-f", "tee"));
            command.add(film + "|[f=rtp:strict=experimental:payload_type=" + PAYLOAD_TYPE + "]rtp://127.0.0.1:"
                    + socket.getLocalPort() + "?pkt_size=1200");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            try {
                capture(socket, process, packets);
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }
        }
        assertThat(packets).as("packets of %s", codec).hasSizeGreaterThan(FRAMES);
        List<byte[]> expected = frames(film);
        List<byte[]> frames = assembled(codec, packets);
        assertThat(frames).hasSameSizeAs(expected).hasSize(FRAMES);
        for (int i = 0; i < frames.size(); i++) {
            if (codec.startsWith("VP")) {
                assertThat(frames.get(i)).as("frame %d", i).isEqualTo(expected.get(i));
            } else {
                assertThat(units(frames.get(i))).as("frame %d", i).isEqualTo(units(expected.get(i)));
            }
        }
    }

    /** Until the program has ended and nothing more comes. */
    private static void capture(DatagramSocket socket, Process process, List<byte[]> packets) throws IOException {
        DatagramPacket datagram = new DatagramPacket(new byte[2_048], 2_048);
        socket.setSoTimeout(300);
        while (true) {
            boolean ended = !process.isAlive();
            try {
                socket.receive(datagram);
                packets.add(Arrays.copyOf(datagram.getData(), datagram.getLength()));
            } catch (SocketTimeoutException nothing) {
                if (ended) {
                    return;
                }
            }
        }
    }

    private static List<byte[]> assembled(String codec, List<byte[]> packets) {
        Depacketizer depacketizer =
                Objects.requireNonNull(Depacketizer.of(new RtpCodec(PAYLOAD_TYPE, codec, 90_000, 1)));
        FrameAssembler assembler = new FrameAssembler(depacketizer, MAX_FRAME);
        SequenceUnwrapper numbers = SequenceUnwrapper.of16Bits();
        RtpPacket packet = new RtpPacket();
        List<byte[]> frames = new ArrayList<>();
        for (byte[] each : packets) {
            assertThat(packet.wrap(each, 0, each.length)).isTrue();
            assertThat(packet.payloadType()).isEqualTo(PAYLOAD_TYPE);
            assembler.push(
                    numbers.unwrap(packet.sequenceNumber()),
                    packet.timestamp(),
                    packet.marker(),
                    each,
                    packet.payloadOffset(),
                    packet.payloadLength());
            for (FrameAssembler.Frame frame = assembler.poll(); frame != null; frame = assembler.poll()) {
                // FFmpeg's VP9 never says that a picture needs another one.
                assertThat(frame.keyFrame()).isEqualTo(codec.equals("VP9") || frames.size() % 15 == 0);
                frames.add(frame.data());
            }
        }
        assertThat(assembler.malformed()).isZero();
        return frames;
    }

    private static List<byte[]> frames(Path film) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        if (film.toString().endsWith(".ivf")) {
            try (IvfReader reader = IvfReader.open(film)) {
                for (WebmReader.Frame frame = reader.next(); frame != null; frame = reader.next()) {
                    frames.add(frame.data());
                }
            }
        } else {
            try (AnnexBReader reader = AnnexBReader.open(film, 25)) {
                for (WebmReader.Frame frame = reader.next(); frame != null; frame = reader.next()) {
                    frames.add(frame.data());
                }
            }
        }
        return frames;
    }

    /** What stands between start codes of three or four bytes, in hexadecimal digits. */
    private static List<String> units(byte[] stream) {
        StringBuilder digits = new StringBuilder();
        List<String> units = new ArrayList<>();
        int zeros = 0;
        for (byte each : stream) {
            if (each == 1 && zeros >= 2) {
                add(units, digits, zeros);
                digits.setLength(0);
            } else {
                digits.append(Character.forDigit((each >> 4) & 15, 16)).append(Character.forDigit(each & 15, 16));
            }
            zeros = each == 0 ? zeros + 1 : 0;
        }
        add(units, digits, 0);
        return units;
    }

    private static void add(List<String> units, StringBuilder digits, int zeros) {
        // The zeros belong to the start code that follows.
        String unit = digits.substring(0, Math.max(0, digits.length() - 2 * Math.min(zeros, 3)));
        if (!unit.isEmpty()) {
            units.add(unit);
        }
    }
}

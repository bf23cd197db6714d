package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Polling;
import dev.yodel.interop.browser.Requirements;
import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.SequenceUnwrapper;
import dev.yodel.media.file.AnnexBReader;
import dev.yodel.media.file.IvfReader;
import dev.yodel.media.file.WebmReader;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.RtpPacket;
import dev.yodel.rtp.payload.Depacketizer;
import dev.yodel.rtp.payload.FrameAssembler;
import dev.yodel.rtp.payload.Packetizer;
import dev.yodel.rtp.rtcp.Goodbye;
import dev.yodel.rtp.rtcp.ReceiverReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What FFmpeg's packetizers make of a film is put together again by us, and the other way round, and is the film to
 * the last bit.
 */
class ForeignPacketsTest {
    private static final int FRAMES = 40;
    private static final int PAYLOAD_TYPE = 96;
    private static final int MAX_FRAME = 1 << 20;
    private static final int MAX_PACKET = 1_200;
    private static final int HEADER = 12;
    private static final int SSRC = 7_000;
    private static final int TEMPORAL_DELIMITER = 2;

    /** FFmpeg 8, unpacked once for all. */
    @TempDir
    static Path program;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "VP8, film.ivf, -c:v libvpx -deadline realtime -cpu-used 8",
        "VP9, film.ivf, -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -lag-in-frames 0",
        "H264, film.h264, -c:v libx264 -preset ultrafast -tune zerolatency",
        "H265, film.hevc, -c:v libx265 -preset ultrafast -tune zerolatency",
        "AV1, film.ivf, -c:v libaom-av1 -usage realtime -cpu-used 8 -lag-in-frames 0"
    })
    void R10_aCapturedStreamIsTheFilmToTheLastBit(String codec, String name, String encoder) throws Exception {
        Path film = folder.resolve(name);
        List<byte[]> packets = new ArrayList<>();
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setReceiveBufferSize(1 << 20);
            String output = film + "|[f=rtp:strict=experimental:payload_type=" + PAYLOAD_TYPE + "]rtp://127.0.0.1:"
                    + socket.getLocalPort() + "?pkt_size=1200";
            shoot(codec, encoder, "tee", output, running -> capture(socket, running, packets));
        }
        assertThat(packets).as("packets of %s", codec).hasSizeGreaterThan(FRAMES);
        isTheFilm(codec, assembled(codec, packets), film);
    }

    /**
     * What we make of a film, FFmpeg puts together again; of VP9 it reads the first draft alone, without the
     * structure of a key picture.
     */
    @ParameterizedTest
    @CsvSource({
        "VP8, ivf, -c:v libvpx -deadline realtime -cpu-used 8",
        "H264, h264, -c:v libx264 -preset ultrafast -tune zerolatency",
        "H265, hevc, -c:v libx265 -preset ultrafast -tune zerolatency",
        "AV1, ivf, -c:v libaom-av1 -usage realtime -cpu-used 8 -lag-in-frames 0"
    })
    void ourPacketsAreTheFilmToTheLastBit(String codec, String format, String encoder) throws Exception {
        Path film = folder.resolve("film." + format);
        Path received = folder.resolve("received." + format);
        shoot(codec, encoder, format, film.toString(), running -> {});
        int port = freePorts();
        Path description = Files.writeString(
                folder.resolve("film.sdp"),
                String.join(
                        "\r\n",
                        "v=0",
                        "o=- 0 0 IN IP4 127.0.0.1",
                        "s=-",
                        "c=IN IP4 127.0.0.1",
                        "t=0 0",
                        "m=video " + port + " RTP/AVP " + PAYLOAD_TYPE,
                        "a=rtpmap:" + PAYLOAD_TYPE + " " + codec + "/90000",
                        "a=fmtp:" + PAYLOAD_TYPE + (codec.equals("H264") ? " packetization-mode=1" : " x=y"),
                        ""));
        try (Ffmpeg8 reader = Ffmpeg8.start(
                program,
                folder,
                "-nostdin",
                "-loglevel",
                "warning",
                "-protocol_whitelist",
                "file,udp,rtp",
                "-i",
                description.toString(),
                "-c",
                "copy",
                received.toString())) {
            String place = String.format(Locale.ROOT, ":%04X 00000000:0000", port);
            Polling.until(
                    "FFmpeg's socket: " + reader.said(),
                    20,
                    () -> read(Path.of("/proc/net/udp")).contains(place) ? true : null);
            send(packets(codec, frames(film)), port);
            assertThat(reader.endsWithin(20)).as(reader.said()).isTrue();
        }
        isTheFilm(codec, frames(received), film);
    }

    /** What is done while an encoder runs. */
    private interface Meanwhile {
        void run(BooleanSupplier running) throws IOException;
    }

    private void shoot(String codec, String encoder, String format, String output, Meanwhile meanwhile)
            throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-nostdin", "-loglevel", "error"));
        arguments.addAll(List.of("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-map", "0:v"));
        arguments.addAll(List.of("-pix_fmt", "yuv420p", "-frames:v", Integer.toString(FRAMES), "-g", "15"));
        arguments.addAll(Arrays.asList(encoder.split(" ", -1)));
        arguments.addAll(List.of("-b:v", "600k", "-f", format, output));
        if (codec.equals("AV1")) {
            // Debian's has no packetizer for it.
            try (Ffmpeg8 ffmpeg = Ffmpeg8.start(program, folder, arguments.toArray(String[]::new))) {
                meanwhile.run(ffmpeg::isRunning);
                assertThat(ffmpeg.endsWithin(30)).as(ffmpeg.said()).isTrue();
            }
            return;
        }
        arguments.add(0, Requirements.program("ffmpeg").toString());
        Process process = new ProcessBuilder(arguments)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try {
            meanwhile.run(process::isAlive);
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    private static void isTheFilm(String codec, List<byte[]> frames, Path film) throws IOException {
        List<byte[]> expected = frames(film);
        assertThat(frames).hasSameSizeAs(expected).hasSize(FRAMES);
        for (int i = 0; i < frames.size(); i++) {
            if (codec.startsWith("VP")) {
                assertThat(frames.get(i)).as("frame %d", i).isEqualTo(expected.get(i));
            } else {
                assertThat(units(codec, frames.get(i))).as("frame %d", i).isEqualTo(units(codec, expected.get(i)));
            }
        }
    }

    /** The first of two neighbours that nobody uses. */
    private static int freePorts() throws IOException {
        int port = 40_000;
        while (!isFree(port) || !isFree(port + 1)) {
            port += 2;
        }
        return port;
    }

    private static boolean isFree(int port) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (BindException taken) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** RTP packets, and a farewell at the end (RFC 3550 6.6). */
    private static List<byte[]> packets(String codec, List<byte[]> frames) {
        RtpCodec negotiated = new RtpCodec(PAYLOAD_TYPE, codec, 90_000, 1, Map.of("packetization-mode", "1"), Set.of());
        Packetizer packetizer = Objects.requireNonNull(Packetizer.of(negotiated, 7));
        List<byte[]> packets = new ArrayList<>();
        byte[] packet = new byte[MAX_PACKET];
        for (int i = 0; i < frames.size(); i++) {
            byte[] frame = frames.get(i);
            assertThat(packetizer.begin(frame, 0, frame.length, MAX_PACKET - HEADER, false))
                    .as("frame %d", i)
                    .isPositive();
            while (!packetizer.finished()) {
                int length = packetizer.next(packet, HEADER);
                packet[0] = (byte) 0x80;
                packet[1] = (byte) (PAYLOAD_TYPE | (packetizer.finished() ? 0x80 : 0));
                Bytes.put16(packet, 2, packets.size());
                Bytes.put32(packet, 4, 3_600 * i);
                Bytes.put32(packet, 8, SSRC);
                packets.add(Arrays.copyOf(packet, HEADER + length));
            }
        }
        ByteWriter farewell = new ByteWriter(MAX_PACKET);
        new ReceiverReport(SSRC, List.of()).write(farewell);
        new Goodbye(List.of((long) SSRC), null).write(farewell);
        packets.add(farewell.toByteArray());
        return packets;
    }

    /** Two packets a millisecond, as a reader's buffer does not hold a whole film. */
    private static void send(List<byte[]> packets, int port) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            for (byte[] each : packets) {
                socket.send(new DatagramPacket(each, each.length, InetAddress.getLoopbackAddress(), port));
                LockSupport.parkNanos(500_000);
            }
        }
    }

    /** Until the program has ended and nothing more comes. */
    private static void capture(DatagramSocket socket, BooleanSupplier running, List<byte[]> packets)
            throws IOException {
        DatagramPacket datagram = new DatagramPacket(new byte[2_048], 2_048);
        socket.setSoTimeout(300);
        while (true) {
            boolean ended = !running.getAsBoolean();
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

    private static List<String> units(String codec, byte[] stream) {
        return codec.equals("AV1") ? obus(stream) : units(stream);
    }

    /** Without sizes and temporal delimiters, of which the payload format has none (RTP payload format for AV1, 5). */
    private static List<String> obus(byte[] unit) {
        List<String> obus = new ArrayList<>();
        int at = 0;
        while (at < unit.length) {
            int header = unit[at] & 0xff;
            StringBuilder obu = new StringBuilder().append(header & ~2).append(' ');
            at++;
            if ((header & 4) != 0) {
                obu.append(unit[at++]).append(' ');
            }
            int size = unit.length - at;
            if ((header & 2) != 0) {
                size = 0;
                int shift = 0;
                int digits;
                do {
                    digits = unit[at++];
                    size |= (digits & 0x7f) << shift;
                    shift += 7;
                } while (digits < 0);
            }
            if ((header >> 3 & 15) != TEMPORAL_DELIMITER) {
                obus.add(obu + HexFormat.of().formatHex(unit, at, at + size));
            }
            at += size;
        }
        return obus;
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

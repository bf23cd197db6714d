package dev.yodel.interop.data;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.RTCRtpTransceiver;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.media.video.CustomVideoSource;
import dev.onvoid.webrtc.media.video.NativeI420Buffer;
import dev.onvoid.webrtc.media.video.VideoFrame;
import dev.onvoid.webrtc.media.video.VideoTrack;
import dev.yodel.benchmarks.libwebrtc.LibwebrtcConnection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** libwebrtc by webrtc-java, as a program that sends a moving picture and says "frames N of WIDTH" of what it decodes. */
public final class LibwebrtcPicture {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 240;

    private LibwebrtcPicture() {}

    /** Starts it in a process of its own, or skips the test where the library is not for this system. */
    public static ProcessPeer start(Path folder) throws IOException {
        return LibwebrtcBot.start(folder, LibwebrtcPicture.class);
    }

    public static void main(String[] arguments) throws Exception {
        PeerConnectionFactory factory = LibwebrtcConnection.headless();
        LibwebrtcConnection connection = new LibwebrtcConnection(factory);
        connection.onTrack(LibwebrtcPicture::watch);
        connection.connection().addTrack(moving(factory), List.of("picture"));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonObject message = JsonParser.parseString(line).getAsJsonObject();
            if (message.has("offer")) {
                LibwebrtcBot.describe(connection, connection.createOffer());
            } else {
                connection.setRemote(new RTCSessionDescription(
                        RTCSdpType.ANSWER, message.get("sdp").getAsString()));
            }
        }
        System.exit(0);
    }

    private static VideoTrack moving(PeerConnectionFactory factory) {
        CustomVideoSource source = new CustomVideoSource();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "picture");
            thread.setDaemon(true);
            return thread;
        });
        AtomicInteger count = new AtomicInteger();
        timer.scheduleAtFixedRate(() -> push(source, count.getAndIncrement()), 0, 50, TimeUnit.MILLISECONDS);
        return factory.createVideoTrack("picture", source);
    }

    private static void push(CustomVideoSource source, int number) {
        NativeI420Buffer buffer = NativeI420Buffer.allocate(WIDTH, HEIGHT);
        ByteBuffer y = buffer.getDataY();
        for (int row = 0; row < HEIGHT; row++) {
            for (int column = 0; column < WIDTH; column++) {
                y.put(row * buffer.getStrideY() + column, (byte) (row + column + 4 * number));
            }
        }
        fill(buffer.getDataU(), number);
        fill(buffer.getDataV(), -number);
        VideoFrame frame = new VideoFrame(buffer, System.nanoTime());
        source.pushFrame(frame);
        frame.release();
    }

    private static void fill(ByteBuffer plane, int value) {
        for (int i = 0; i < plane.capacity(); i++) {
            plane.put(i, (byte) value);
        }
    }

    private static void watch(RTCRtpTransceiver transceiver) {
        if (transceiver.getReceiver().getTrack() instanceof VideoTrack track) {
            AtomicInteger frames = new AtomicInteger();
            track.addSink(frame ->
                    System.out.println("frames " + frames.incrementAndGet() + " of " + frame.buffer.getWidth()));
        }
    }
}

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.webrtc.AudioTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Executors;

/**
 * Hears a caller as 16 kHz PCM, finds where they speak, takes their keys, and answers; a speech service fits in
 * between.
 */
public final class VoiceBot {
    private static final int RATE_HZ = 16_000;
    private static final int CHUNK = RATE_HZ / 100;
    private static final double LOUD = 500;
    private static final int PAUSE_CHUNKS = 40;

    /** What a speech service does: it gets what was said between two pauses, 16 kHz mono, and returns what to say. */
    interface SpeechService {
        short[] answer(short[] spoken);
    }

    private final PeerConnection pc;
    private final SpeechService service;
    private final AudioTrack voice = AudioTrack.opus("bot");
    private final short[] spoken = new short[30 * RATE_HZ];
    private int length;
    private int quiet;

    private VoiceBot(PeerConnection pc, SpeechService service) {
        this.pc = pc;
        this.service = service;
        pc.addTrack(voice);
        pc.onTrack(event -> {
            event.track().onPcm(RATE_HZ, 1, this::hear);
            event.track().onTone(this::key);
        });
    }

    /** 10 ms of sound: to utterances by their loudness, ended by 0.4 s of quiet or after 30 s. */
    private void hear(PcmFrame frame) {
        short[] samples = frame.samples();
        double sum = 0;
        for (short sample : samples) {
            sum += sample * sample;
        }
        boolean loud = Math.sqrt(sum / Math.max(1, samples.length)) > LOUD;
        quiet = loud ? 0 : quiet + 1;
        if (loud || length > 0) {
            int fits = Math.min(samples.length, spoken.length - length);
            System.arraycopy(samples, 0, spoken, length, fits);
            length += fits;
        }
        if (length > 0 && (quiet == PAUSE_CHUNKS || length == spoken.length)) {
            System.out.println("heard " + (length / CHUNK - quiet) * 10 + " ms of speech");
            say(service.answer(Arrays.copyOf(spoken, length)));
            length = 0;
        }
    }

    private void key(String key) {
        System.out.println("key " + key);
        switch (key) {
            case "1" -> say(tone(440, 1_000));
            case "2" -> say(tone(880, 1_000));
            default -> pc.close();
        }
    }

    private void say(short[] samples) {
        voice.write(new PcmFrame(samples, RATE_HZ, 1));
    }

    private static short[] tone(int hertz, int millis) {
        short[] samples = new short[RATE_HZ * millis / 1_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) (8_000 * Math.sin(2 * Math.PI * hertz * i / RATE_HZ));
        }
        return samples;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        String page = Files.readString(Path.of(arguments[0]));
        HttpServer http = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        http.setExecutor(Executors.newCachedThreadPool());
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            http.createContext("/", exchange -> reply(exchange, "text/html", page));
            http.createContext("/offer", exchange -> {
                PeerConnection pc = factory.newPeerConnection();
                // The service of this example is a parrot.
                new VoiceBot(pc, spoken -> spoken);
                String offer = new String(exchange.getRequestBody().readNBytes(100_000), UTF_8);
                reply(exchange, "application/sdp", answer(pc, offer));
            });
            http.start();
            System.out.println("open http://localhost:" + http.getAddress().getPort() + "/");
            Thread.currentThread().join();
        } finally {
            http.stop(0);
        }
    }

    private static String answer(PeerConnection pc, String offer) {
        return pc.setRemoteDescription(SessionDescription.offer(offer))
                .thenCompose(done -> pc.setLocalDescription())
                .thenCompose(done -> pc.gatheringComplete())
                .join()
                .sdp();
    }

    private static void reply(HttpExchange exchange, String type, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}

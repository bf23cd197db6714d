import dev.yodel.media.audio.PcmFrame;
import dev.yodel.webrtc.AudioTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Stats;
import dev.yodel.webrtc.StatsReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Calls itself, asks for statistics ten times a second, and draws bit rate and round trip into a picture. */
public final class StatsPlot {
    private static final int SAMPLES = 15;
    private static final int EVERY_MILLIS = 100;

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<Double> kbps = new ArrayList<>();
        List<Double> roundTrips = new ArrayList<>();
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection speaking = factory.newPeerConnection();
                PeerConnection listening = factory.newPeerConnection()) {
            AudioTrack voice = AudioTrack.g711("voice");
            speaking.addTrack(voice);
            speaking.onIceCandidate(event -> listening.addIceCandidate(event.candidate()));
            listening.onIceCandidate(event -> speaking.addIceCandidate(event.candidate()));
            speaking.setLocalDescription()
                    .thenCompose(listening::setRemoteDescription)
                    .thenCompose(done -> listening.setLocalDescription())
                    .thenCompose(speaking::setRemoteDescription)
                    .join();
            speaking.connected().join();
            double bytesBefore = 0;
            for (int i = 0; i < SAMPLES; i++) {
                voice.write(new PcmFrame(new short[8 * EVERY_MILLIS], 8_000, 1));
                Thread.sleep(EVERY_MILLIS);
                StatsReport report = speaking.getStats().join();
                double bytes = sum(report, "outbound-rtp", "bytesSent");
                kbps.add((bytes - bytesBefore) * 8 / EVERY_MILLIS);
                bytesBefore = bytes;
                roundTrips.add(1_000 * sum(report, "candidate-pair", "currentRoundTripTime"));
            }
        }
        Files.writeString(Path.of(arguments[0]), picture(kbps, roundTrips));
        System.out.println("drew " + SAMPLES + " samples into " + arguments[0]);
    }

    private static double sum(StatsReport report, String type, String member) {
        double sum = 0;
        for (Stats stats : report.values()) {
            Double value = stats.type().equals(type) ? stats.number(member) : null;
            sum += value == null ? 0 : value;
        }
        return sum;
    }

    private static String picture(List<Double> kbps, List<Double> roundTrips) {
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 240" font-family="sans-serif" font-size="12">
                <text x="8" y="16" fill="#0b6b57">bit rate, kbit/s, up to %.0f</text>%s
                <text x="8" y="136" fill="#a8322a">round trip, ms, up to %.2f</text>%s
                </svg>
                """
                .formatted(most(kbps), line(kbps, 110, "#0b6b57"), most(roundTrips), line(roundTrips, 230, "#a8322a"));
    }

    private static double most(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    private static String line(List<Double> values, int bottom, String colour) {
        StringBuilder points = new StringBuilder();
        double scale = Math.max(most(values), 1e-9);
        for (int i = 0; i < values.size(); i++) {
            points.append("%d,%.1f ".formatted(620 * i / (values.size() - 1) + 10, bottom - 85 * values.get(i) / scale));
        }
        return "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" + colour + "\" points=\"" + points + "\"/>";
    }
}

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.file.IvfReader;
import dev.yodel.media.file.WebmReader;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.WebmRecorder;
import java.awt.AWTException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.GraphicsEnvironment;
import java.awt.Rectangle;
import java.awt.Robot;
import java.awt.Toolkit;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * This machine's screen is shown in a page, and the page's screen is recorded here. FFmpeg encodes: any encoder would
 * do.
 */
public final class ScreenShare {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;
    private static final int FRAMES_PER_SECOND = 10;
    private static final List<EncodedTrack> VIEWERS = new CopyOnWriteArrayList<>();

    public static void main(String[] arguments) throws IOException, InterruptedException, AWTException {
        String page = Files.readString(Path.of(arguments[0]));
        Path recording = Path.of(arguments[1]);
        Process encoder = new ProcessBuilder(("ffmpeg -v error -probesize 32 -f rawvideo -pix_fmt bgr24 -s 640x360 -r 10 -i -"
                                + " -c:v libvpx -deadline realtime -cpu-used 8 -lag-in-frames 0 -g 10 -b:v 800k"
                                + " -flush_packets 1 -f ivf -")
                        .split(" "))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        HttpServer http = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        http.setExecutor(Executors.newCachedThreadPool());
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            http.createContext("/", exchange -> reply(exchange, "text/html", page));
            http.createContext("/offer", exchange -> {
                String offer = new String(exchange.getRequestBody().readNBytes(100_000), UTF_8);
                reply(exchange, "application/sdp", answer(factory.newPeerConnection(), offer, recording));
            });
            http.start();
            System.out.println("open http://localhost:" + http.getAddress().getPort() + "/");
            new Thread(() -> send(encoder)).start();
            capture(encoder.getOutputStream());
        } finally {
            http.stop(0);
            encoder.destroy();
        }
    }

    /** Takes pictures of the screen, or of a moving bar where there is none, until it is interrupted. */
    private static void capture(OutputStream encoder) throws AWTException, IOException, InterruptedException {
        Robot robot = GraphicsEnvironment.isHeadless() ? null : new Robot();
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 0; true; i++) {
            Graphics2D paint = image.createGraphics();
            if (robot == null) {
                paint.setColor(Color.DARK_GRAY);
                paint.fillRect(0, 0, WIDTH, HEIGHT);
                paint.setColor(Color.ORANGE);
                paint.fillRect(i * 8 % WIDTH, 0, 40, HEIGHT);
            } else {
                Rectangle screen = new Rectangle(Toolkit.getDefaultToolkit().getScreenSize());
                paint.drawImage(robot.createScreenCapture(screen), 0, 0, WIDTH, HEIGHT, null);
            }
            paint.dispose();
            encoder.write(((DataBufferByte) image.getRaster().getDataBuffer()).getData());
            encoder.flush();
            Thread.sleep(1_000 / FRAMES_PER_SECOND);
        }
    }

    private static void send(Process encoder) {
        try (IvfReader frames = new IvfReader(encoder.getInputStream())) {
            for (WebmReader.Frame frame = frames.next(); frame != null; frame = frames.next()) {
                for (EncodedTrack viewer : VIEWERS) {
                    viewer.write(EncodedFrame.ofDuration(frame.data(), 1_000_000_000L / FRAMES_PER_SECOND)
                            .withKeyFrame(frame.keyFrame()));
                }
            }
        } catch (IOException e) {
            System.out.println("the encoder has ended");
        }
    }

    private static String answer(PeerConnection pc, String offer, Path file) {
        EncodedTrack screen = EncodedTrack.vp8("screen");
        WebmRecorder recorder = WebmRecorder.to(file);
        pc.addTrack(screen);
        pc.onTrack(event -> recorder.add(event.track()));
        pc.onDataChannel(event -> event.channel().onClose(() -> end(pc, recorder, screen)));
        VIEWERS.add(screen);
        return pc.setRemoteDescription(SessionDescription.offer(offer))
                .thenCompose(done -> pc.setLocalDescription())
                .thenCompose(done -> pc.gatheringComplete())
                .join()
                .sdp();
    }

    /** The page has said goodbye by closing its data channel. */
    private static void end(PeerConnection pc, WebmRecorder recorder, EncodedTrack screen) {
        VIEWERS.remove(screen);
        try {
            recorder.close();
            System.out.println("recorded " + recorder.frames() + " frames of the page's screen");
        } catch (IOException e) {
            System.out.println("the file was not written: " + e.getMessage());
        }
        pc.close();
    }

    private static void reply(HttpExchange exchange, String type, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}

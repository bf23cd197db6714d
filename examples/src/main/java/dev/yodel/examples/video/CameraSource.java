package dev.yodel.examples.video;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The first camera of a Linux machine, read by an ffmpeg that is installed: the JDK has no way to one, and this
 * library none of its own. One thread asks; it gets what the camera shows then.
 */
final class CameraSource implements PictureSource {
    private static final Path DEVICE = Path.of("/dev/video0");

    private final int width;
    private final int height;
    private final Process process;
    private final InputStream pictures;

    CameraSource(int width, int height, int framesPerSecond) throws IOException {
        this.width = width;
        this.height = height;
        if (!Files.isReadable(DEVICE)) {
            throw new IOException("there is no camera " + DEVICE + " that may be read");
        }
        try {
            process = new ProcessBuilder(List.of(
                            "ffmpeg",
                            "-loglevel",
                            "error",
                            "-nostdin",
                            "-f",
                            "v4l2",
                            "-i",
                            DEVICE.toString(),
                            "-vf",
                            "scale=" + width + ":" + height,
                            "-r",
                            String.valueOf(framesPerSecond),
                            "-pix_fmt",
                            "yuv420p",
                            "-f",
                            "rawvideo",
                            "-"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new IOException("the camera is read by ffmpeg, which is not installed", e);
        }
        pictures = process.getInputStream();
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public void next(Picture into) throws IOException {
        final byte[] planes = into.planes();
        do {
            if (pictures.readNBytes(planes, 0, planes.length) < planes.length) {
                throw new IOException("the camera gives no more pictures");
            }
            // What waits already is older than what the caller wants.
        } while (pictures.available() >= planes.length);
    }

    @Override
    public void close() {
        process.destroy();
    }
}

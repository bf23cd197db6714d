package dev.yodel.examples.video;

import java.io.IOException;

/** What a call may show. */
public enum VideoKind {
    /** Colour bars with the time burnt in. */
    PATTERN,
    /** The screen. */
    SCREEN,
    /** The first camera. */
    CAMERA;

    /** Pictures in a second. */
    static final int FRAMES_PER_SECOND = 25;

    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;

    /**
     * Opens the source.
     *
     * @return to be closed
     * @throws IOException if there is none; in words
     */
    PictureSource open() throws IOException {
        return switch (this) {
            case PATTERN -> new TestPattern(WIDTH, HEIGHT);
            case SCREEN -> new ScreenSource(2 * WIDTH);
            case CAMERA -> new CameraSource(WIDTH, HEIGHT, FRAMES_PER_SECOND);
        };
    }
}

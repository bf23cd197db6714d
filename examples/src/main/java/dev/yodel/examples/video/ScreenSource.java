package dev.yodel.examples.video;

import java.awt.AWTException;
import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.GraphicsEnvironment;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Robot;
import java.awt.Toolkit;
import java.awt.image.BufferedImage;
import java.io.IOException;

/** The screen, by java.awt.Robot, made as small as a call needs. One thread asks. */
final class ScreenSource implements PictureSource {
    private final Robot robot;
    private final Rectangle screen;
    private final BufferedImage scaled;

    ScreenSource(int maxWidth) throws IOException {
        if (GraphicsEnvironment.isHeadless()) {
            throw new IOException("there is no display whose pictures could be sent");
        }
        try {
            robot = new Robot();
        } catch (AWTException e) {
            throw new IOException("the screen cannot be read: " + e.getMessage(), e);
        }
        final Dimension size = Toolkit.getDefaultToolkit().getScreenSize();
        screen = new Rectangle(size);
        final int width = Math.min(maxWidth, size.width) & ~1;
        final int height = Math.max(2, (int) ((long) size.height * width / size.width) & ~1);
        scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    }

    @Override
    public int width() {
        return scaled.getWidth();
    }

    @Override
    public int height() {
        return scaled.getHeight();
    }

    @Override
    public void next(Picture into) {
        final BufferedImage taken = robot.createScreenCapture(screen);
        final Graphics2D paint = scaled.createGraphics();
        paint.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        paint.drawImage(taken, 0, 0, scaled.getWidth(), scaled.getHeight(), null);
        paint.dispose();
        into.set(scaled);
    }
}

package dev.yodel.examples.video;

import java.awt.Dimension;
import java.awt.Graphics;
import java.awt.GraphicsEnvironment;
import java.awt.image.BufferedImage;
import javax.swing.JFrame;
import javax.swing.JPanel;
import javax.swing.SwingUtilities;
import javax.swing.WindowConstants;
import org.jspecify.annotations.Nullable;

/** A window that shows what the other side sends. Any thread. */
public final class VideoWindow implements AutoCloseable {
    private final JFrame frame;
    private final Screen screen = new Screen();

    /** The picture that was shown last, as large as the window. */
    private static final class Screen extends JPanel {
        private static final long serialVersionUID = 1;

        private transient volatile @Nullable BufferedImage shown;

        @Override
        protected void paintComponent(Graphics graphics) {
            super.paintComponent(graphics);
            final BufferedImage image = shown;
            if (image != null) {
                graphics.drawImage(image, 0, 0, getWidth(), getHeight(), null);
            }
        }
    }

    private VideoWindow(String title, Runnable onClosed) {
        frame = new JFrame(title);
        frame.setDefaultCloseOperation(WindowConstants.DISPOSE_ON_CLOSE);
        frame.addWindowListener(new java.awt.event.WindowAdapter() {
            @Override
            public void windowClosed(java.awt.event.WindowEvent event) {
                onClosed.run();
            }
        });
        screen.setPreferredSize(new Dimension(640, 360));
        frame.add(screen);
        frame.pack();
        frame.setVisible(true);
    }

    /**
     * Opens a window.
     *
     * @param title of it
     * @param onClosed runs when somebody closes it
     * @return null where there is no display
     */
    public static @Nullable VideoWindow open(String title, Runnable onClosed) {
        if (GraphicsEnvironment.isHeadless()) {
            return null;
        }
        final VideoWindow[] made = new VideoWindow[1];
        try {
            SwingUtilities.invokeAndWait(() -> made[0] = new VideoWindow(title, onClosed));
        } catch (java.lang.reflect.InvocationTargetException e) {
            // A display that is named and not there.
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return made[0];
    }

    /**
     * Shows a picture.
     *
     * @param picture copied
     */
    public void show(Picture picture) {
        final BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        picture.copyTo(image);
        screen.shown = image;
        screen.repaint();
    }

    @Override
    public void close() {
        SwingUtilities.invokeLater(frame::dispose);
    }
}

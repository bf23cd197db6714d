package dev.yodel.examples.video;

import java.io.Closeable;
import java.io.IOException;

/** Where pictures come from. One thread asks. */
public interface PictureSource extends Closeable {
    /**
     * The width of all pictures.
     *
     * @return pixels
     */
    int width();

    /**
     * The height of all pictures.
     *
     * @return pixels
     */
    int height();

    /**
     * Takes a picture of this moment; a camera may wait for it.
     *
     * @param into of the source's size
     * @throws IOException if there will be no more
     */
    void next(Picture into) throws IOException;

    @Override
    default void close() throws IOException {}
}

package dev.yodel.rtp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** One packet per file of {@code src/test/resources/rtp}. */
public final class Fixture {
    private Fixture() {}

    /** The bytes of a packet. */
    public static byte[] bytes(String name) {
        try (InputStream in = Fixture.class.getResourceAsStream("/rtp/" + name + ".bin")) {
            if (in == null) {
                throw new IllegalArgumentException("no fixture " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

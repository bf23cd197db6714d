package dev.yodel.dtls.engine;

import dev.yodel.io.RandomSource;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;

/** The JDK's view of a {@link RandomSource}; as secure as that source. */
public final class RandomSourceSecureRandom extends SecureRandom {
    private static final long serialVersionUID = 1;

    /**
     * A view.
     *
     * @param source asked for every byte
     */
    public RandomSourceSecureRandom(RandomSource source) {
        super(new Spi(source), null);
    }

    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException(getClass().getName());
    }

    private static final class Spi extends SecureRandomSpi {
        private static final long serialVersionUID = 1;

        private final transient RandomSource source;

        Spi(RandomSource source) {
            this.source = source;
        }

        @Override
        protected void engineSetSeed(byte[] seed) {}

        @Override
        protected void engineNextBytes(byte[] bytes) {
            source.nextBytes(bytes, 0, bytes.length);
        }

        @Override
        protected byte[] engineGenerateSeed(int count) {
            return source.bytes(count);
        }
    }
}

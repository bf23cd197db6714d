package dev.yodel.interop.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process may do on Linux (capabilities(7)), by number; nothing on other systems. */
final class Capabilities {
    /** To take rights away from those it starts. */
    static final int SETPCAP = 8;

    /** To raise priorities. */
    static final int SYS_NICE = 23;

    private static final String EFFECTIVE = "CapEff:";

    private static final BigInteger MASK = read(Path.of("/proc/self/status"));

    private Capabilities() {}

    static boolean has(int capability) {
        return MASK.testBit(capability);
    }

    private static BigInteger read(Path status) {
        if (!Files.exists(status)) {
            return BigInteger.ZERO;
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith(EFFECTIVE))
                    .map(line ->
                            new BigInteger(line.substring(EFFECTIVE.length()).trim(), 16))
                    .findFirst()
                    .orElse(BigInteger.ZERO);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.yodel.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import java.lang.reflect.Method;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a packet costs in garbage: that of the JDK's ciphers and nothing of ours. */
final class SrtpGarbageTest {
    /** The test's module does not read java.management, so it asks by name. */
    private static long allocatedBytes() throws ReflectiveOperationException {
        Object threads = Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null);
        Method method = Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes");
        return (long) method.invoke(threads);
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void aPacketCostsOnlyTheCiphersGarbage(SrtpProfile profile) throws ReflectiveOperationException {
        Pair pair = Pair.of(profile, 61);
        byte[] packet = new byte[1200];
        packet[0] = (byte) 0x80;
        Bytes.put32(packet, 8, 5);
        int packets = 20_000;
        pass(pair, packet, 0, packets);
        long before = allocatedBytes();
        pass(pair, packet, packets, packets);
        long each = (allocatedBytes() - before) / (2L * packets);
        // Measured 0 and 1136 once compiled; interpreted code cannot leave out the last few objects.
        assertThat(each).as("bytes per packet").isLessThanOrEqualTo(profile.isGcm() ? 1_600 : 100);
    }

    private static void pass(Pair pair, byte[] packet, int from, int count) {
        for (int i = from; i < from + count; i++) {
            Bytes.put16(packet, 2, i);
            int length = pair.client().protectRtp(packet, 0, 1100);
            if (pair.server().unprotectRtp(packet, 0, length) != 1100) {
                throw new AssertionError("packet " + i);
            }
        }
    }
}

package dev.yodel.webrtc.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class WallTimeTest {
    private static <T> T answering(Class<T> type, String method, Object value) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return value;
                    }
                    throw new UnsupportedOperationException(called.getName());
                }));
    }

    /** High Resolution Time 3: a packet's arrival is compared with a page's clock, which is finer than a millisecond. */
    @Test
    void partsOfAMillisecondOfTheWallClockCount() {
        Environment environment = answering(Environment.class, "wallClockMicros", 1_234_567L);
        Loop loop = answering(Loop.class, "now", 5_000_000_000L);

        WallTime time = new WallTime(environment, loop);

        assertThat(time.millis(5_000_250_000L)).isCloseTo(1_234.817, within(1e-9));
    }
}

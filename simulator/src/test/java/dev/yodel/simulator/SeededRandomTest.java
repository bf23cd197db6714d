package dev.yodel.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeededRandomTest {
    @Test
    void theSameSeedAndNameGiveTheSameStream() {
        SeededRandom one = new SeededRandom(7, "host a");
        SeededRandom other = new SeededRandom(7, "host a");
        for (int i = 0; i < 100; i++) {
            assertThat(one.nextLong()).isEqualTo(other.nextLong());
        }
    }

    /** A thousand seeds are a thousand experiments: none is another one moved by some draws. */
    @Test
    void noNumberComesInTheStreamsOfTwoSeedsOrNames() {
        Map<Long, String> drawn = new HashMap<>();
        for (int seed = -500; seed < 500; seed++) {
            for (String name : new String[] {"host a", "host b", "link a", "link b"}) {
                SeededRandom random = new SeededRandom(seed, name);
                for (int i = 0; i < 100; i++) {
                    String where = "draw " + i + " of " + name + " with seed " + seed;
                    assertThat(drawn.put(random.nextLong(), where)).as(where).isNull();
                }
            }
        }
    }
}

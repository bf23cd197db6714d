package dev.yodel.sctp.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TsnSetTest {
    @Test
    void behavesLikeASortedSet() {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            long base = Serial.first(random.nextInt());
            TsnSet set = new TsnSet(base);
            TreeSet<Long> model = new TreeSet<>();
            for (int step = 0; step < 3_000; step++) {
                long tsn = base + 1 + random.nextInt(1 << random.nextInt(1, 16));
                switch (random.nextInt(8)) {
                    case 0 -> {
                        base += random.nextInt(1 << random.nextInt(1, 12));
                        set.advance(base);
                        model.headSet(base, true).clear();
                    }
                    case 1 -> {
                        set.remove(tsn);
                        model.remove(tsn);
                    }
                    default -> assertThat(set.add(tsn)).isEqualTo(model.add(tsn));
                }
                Long present = model.ceiling(tsn);
                assertThat(set.nextPresent(tsn))
                        .as("seed %s step %s", seed, step)
                        .isEqualTo(present == null ? Long.MAX_VALUE : present);
                long absent = Math.max(tsn, base + 1);
                while (model.contains(absent)) {
                    absent++;
                }
                assertThat(set.nextAbsent(Math.max(tsn, base + 1))).isEqualTo(absent);
                assertThat(set.size()).isEqualTo(model.size());
                assertThat(set.contains(tsn)).isEqualTo(model.contains(tsn));
            }
        }
    }
}

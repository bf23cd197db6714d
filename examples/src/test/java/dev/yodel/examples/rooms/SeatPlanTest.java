package dev.yodel.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who sits where, and who is seated at all. */
class SeatPlanTest {
    private static SourceId person(int number) {
        return new SourceId("p" + number, false);
    }

    @Test
    void whoStaysKeepsTheSeat() {
        SeatPlan plan = new SeatPlan();
        plan.grow(3);
        assertThat(plan.seat(List.of(person(1), person(2), person(3)))).containsExactly(0, 1, 2);
        assertThat(plan.seat(List.of(person(3), person(4), person(2)))).containsExactly(0);
        assertThat(plan.at(0)).isEqualTo(person(4));
        assertThat(plan.at(1)).isEqualTo(person(2));
        assertThat(plan.at(2)).isEqualTo(person(3));
        assertThat(plan.seat(List.of(person(2)))).containsExactlyInAnyOrder(0, 2);
        assertThat(plan.at(0)).isNull();
    }

    @Test
    void seatsGrowSeldom() {
        assertThat(List.of(0, 1, 3, 4, 7, 8, 15, 16).stream().map(SeatPlan::seatsFor))
                .containsExactly(3, 3, 3, 7, 7, 15, 15, 31);
    }

    /** Whatever comes and goes: the first wanted ones sit, each once, and only who must moves. */
    @Test
    void randomRoomsAreSeatedRight() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        SeatPlan plan = new SeatPlan();
        for (int turn = 0; turn < 2_000; turn++) {
            plan.grow(Math.min(15, plan.size() + random.nextInt(2)));
            List<SourceId> before = seats(plan);
            List<SourceId> wanted = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                if (random.nextBoolean()) {
                    wanted.add(new SourceId("p" + i, random.nextInt(5) == 0));
                }
            }
            Collections.shuffle(wanted, random);
            List<Integer> changed = plan.seat(wanted);
            List<SourceId> after = seats(plan);
            Set<SourceId> shown = new HashSet<>(wanted.subList(0, Math.min(wanted.size(), plan.size())));
            List<SourceId> seated = new ArrayList<>(after);
            seated.removeIf(one -> one.person().isEmpty());
            assertThat(seated).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(shown);
            for (int i = 0; i < after.size(); i++) {
                assertThat(changed.contains(i))
                        .as("seed %d", seed)
                        .isEqualTo(!after.get(i).equals(before.get(i)));
                if (shown.contains(before.get(i))) {
                    assertThat(after.get(i)).as("seed %d", seed).isEqualTo(before.get(i));
                }
            }
        }
    }

    private static List<SourceId> seats(SeatPlan plan) {
        List<SourceId> seats = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            SourceId source = plan.at(i);
            seats.add(source == null ? new SourceId("", false) : source);
        }
        return seats;
    }

    @Test
    void theLastSpeakersAreSeenAndEveryScreen() {
        List<LastN.Person> people = List.of(
                new LastN.Person("a", 1, Long.MIN_VALUE, false),
                new LastN.Person("b", 2, 50, false),
                new LastN.Person("c", 3, Long.MIN_VALUE, true),
                new LastN.Person("d", 4, 90, false),
                new LastN.Person("me", 5, 100, true));
        assertThat(LastN.choose(people, "me", 3)).extracting(SourceId::key).containsExactly("c/screen", "d", "b", "a");
        assertThat(LastN.choose(people, "d", 1))
                .extracting(SourceId::key)
                .containsExactly("c/screen", "me/screen", "me");
    }
}

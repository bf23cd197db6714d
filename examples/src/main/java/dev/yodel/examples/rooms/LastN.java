package dev.yodel.examples.rooms;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Of whom does a receiver get sound and picture when a room is larger than its pages can show? All screens, then those who
 * spoke last, then those who came first. A core.
 */
final class LastN {
    private LastN() {}

    /**
     * What is known of one person.
     *
     * @param id who
     * @param joined a number that grows with every join
     * @param spokeNanos when they were the dominant speaker last; {@code Long.MIN_VALUE} for never
     * @param screen whether they share their screen
     */
    record Person(String id, long joined, long spokeNanos, boolean screen) {}

    /**
     * Chooses.
     *
     * @param people of the room
     * @param self who receives
     * @param n how many people at the most
     * @return sources, the most wanted first
     */
    static List<SourceId> choose(List<Person> people, String self, int n) {
        final List<SourceId> chosen = new ArrayList<>();
        final List<Person> others = new ArrayList<>();
        for (final Person person : people) {
            if (person.id().equals(self)) {
                continue;
            }
            others.add(person);
            if (person.screen()) {
                chosen.add(new SourceId(person.id(), true));
            }
        }
        others.sort(Comparator.comparingLong(Person::spokeNanos).reversed().thenComparingLong(Person::joined));
        for (final Person person : others.subList(0, Math.min(n, others.size()))) {
            chosen.add(new SourceId(person.id(), false));
        }
        return chosen;
    }
}

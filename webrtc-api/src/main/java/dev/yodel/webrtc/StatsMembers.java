package dev.yodel.webrtc;

import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Reads members of an entry as the types that W3C gives them. */
final class StatsMembers {
    private StatsMembers() {}

    static void checkType(Stats stats, String... types) {
        if (!List.of(types).contains(stats.type())) {
            throw new IllegalArgumentException(
                    "the entry is of type " + stats.type() + "; use StatsView.of, which takes the view for its type");
        }
    }

    private static <T> T required(Stats stats, String key, @Nullable T value) {
        if (value == null) {
            throw new NoSuchElementException("the entry " + stats.id() + " of type " + stats.type() + " has no " + key);
        }
        return value;
    }

    static @Nullable Long countOrNull(Stats stats, String key) {
        return stats.members().get(key) instanceof Number number ? (Long) number.longValue() : null;
    }

    static @Nullable Integer intOrNull(Stats stats, String key) {
        return stats.members().get(key) instanceof Number number ? (Integer) number.intValue() : null;
    }

    static long count(Stats stats, String key) {
        return required(stats, key, countOrNull(stats, key));
    }

    static double number(Stats stats, String key) {
        return required(stats, key, stats.number(key));
    }

    static String text(Stats stats, String key) {
        return required(stats, key, stats.text(key));
    }

    static boolean flag(Stats stats, String key) {
        return required(stats, key, stats.members().get(key) instanceof Boolean flag ? flag : null);
    }

    static <E extends Enum<E>> @Nullable E constantOrNull(Stats stats, String key, E[] constants) {
        String text = stats.text(key);
        for (E constant : constants) {
            if (constant.toString().equals(text)) {
                return constant;
            }
        }
        return null;
    }

    static <E extends Enum<E>> E constant(Stats stats, String key, E[] constants) {
        return required(stats, key, constantOrNull(stats, key, constants));
    }
}

package dev.yodel.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A rule of the house whose failure explains itself.
 *
 * @param why what goes wrong if it is broken
 * @param instead what to do
 */
record Rule(String why, String instead) {
    /** Fails with every dependency of these classes that must not be. */
    void noDependency(Stream<JavaClass> from, Predicate<Dependency> forbidden) {
        check(from.flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(forbidden)
                .map(Dependency::getDescription)
                .toList());
    }

    /** Fails with every call or field access of these classes that must not be. */
    void noAccess(Stream<JavaClass> from, Predicate<JavaAccess<?>> forbidden) {
        check(from.flatMap(type -> type.getAccessesFromSelf().stream())
                .filter(forbidden)
                .map(JavaAccess::getDescription)
                .toList());
    }

    void check(List<String> violations) {
        assertThat(violations.stream().distinct().sorted().toList())
                .as("%nWhy this is a rule: %s%nWhat to do instead: %s%nWhere it is broken:", why, instead)
                .isEmpty();
    }
}

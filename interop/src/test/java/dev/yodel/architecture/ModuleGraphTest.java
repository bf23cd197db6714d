package dev.yodel.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The module-info of every published module says the same as the sentence about their direction. */
class ModuleGraphTest {
    private static final Map<String, ModuleDescriptor> MODULES = descriptors();

    @Test
    void everyPublishedModuleHasARealDescriptor() {
        assertThat(MODULES.keySet())
                .as("modules with a module-info of their own")
                .containsExactlyInAnyOrderElementsOf(Library.MODULE_NAMES.values());
        assertThat(MODULES.values()).noneMatch(ModuleDescriptor::isAutomatic);
    }

    @Test
    void descriptorsRequireWhatTheGraphAllows() {
        Library.MODULE_NAMES.forEach((module, name) -> {
            Set<String> allowed = Library.MAY_USE.getOrDefault(module, Set.of()).stream()
                    .map(used -> Library.MODULE_NAMES.getOrDefault(used, ""))
                    .collect(Collectors.toSet());
            new Rule(
                            "the module graph is io <- { sdp, ice, dtls-srtp, sctp, media } <- webrtc-api <- whip",
                            "take the `requires` out of " + module + "/src/main/java/module-info.java")
                    .check(Objects.requireNonNull(MODULES.get(name), name).requires().stream()
                            .map(ModuleDescriptor.Requires::name)
                            .filter(required -> required.startsWith("dev.yodel."))
                            .filter(required -> !allowed.contains(required))
                            .map(required -> name + " requires " + required)
                            .toList());
        });
    }

    @Test
    void descriptorsRequireNoOtherLibrariesThanTheHouseHas() {
        Map<String, Set<String>> allowed = Map.of(
                "dev.yodel.dtlssrtp",
                        Set.of("org.bouncycastle.provider", "org.bouncycastle.tls", "org.bouncycastle.util"),
                "dev.yodel.io", Set.of("com.sun.jna"),
                "dev.yodel.media", Set.of("com.sun.jna"));
        MODULES.forEach((name, descriptor) -> new Rule(
                        "every library we require is one that every user must take, audit and upgrade",
                        "write it ourselves, or move it to examples; SLF4J is the only one that all may use")
                .check(descriptor.requires().stream()
                        .map(ModuleDescriptor.Requires::name)
                        .filter(required -> !required.startsWith("dev.yodel.")
                                && !required.startsWith("java.")
                                && !required.startsWith("jdk.")
                                && !Set.of("org.slf4j", "org.jspecify").contains(required)
                                && !allowed.getOrDefault(name, Set.of()).contains(required))
                        .map(required -> name + " requires " + required)
                        .toList()));
    }

    @Test
    void whatCarriesTypesOfAnotherModuleRequiresItTransitively() {
        MODULES.forEach((name, descriptor) -> new Rule(
                        "a user of the module must be able to name the types of io that its API shows",
                        "write `requires transitive dev.yodel.io`")
                .check(descriptor.requires().stream()
                        .filter(required -> required.name().equals("dev.yodel.io"))
                        .filter(required ->
                                !required.modifiers().contains(ModuleDescriptor.Requires.Modifier.TRANSITIVE))
                        .map(required -> name + " requires dev.yodel.io without transitive")
                        .toList()));
    }

    @Test
    void internalPackagesAreNotExported() {
        MODULES.forEach((name, descriptor) -> new Rule(
                        "what is exported is API and cannot be changed later",
                        "leave .internal packages out of module-info's exports")
                .check(descriptor.exports().stream()
                        .filter(exported -> !exported.isQualified())
                        .map(ModuleDescriptor.Exports::source)
                        .filter(source -> source.contains(".internal"))
                        .map(source -> name + " exports " + source)
                        .toList()));
    }

    private static Map<String, ModuleDescriptor> descriptors() {
        Set<Path> places = new TreeSet<>();
        Library.classes().forEach(type -> places.add(rootOf(type)));
        return ModuleFinder.of(places.toArray(Path[]::new)).findAll().stream()
                .map(ModuleReference::descriptor)
                .collect(Collectors.toMap(
                        ModuleDescriptor::name, descriptor -> descriptor, (one, other) -> one, TreeMap::new));
    }

    /** The jar or directory that a class was read from. */
    private static Path rootOf(JavaClass type) {
        String uri = type.getSource().orElseThrow().getUri().toString();
        int jarEnd = uri.indexOf("!/");
        if (uri.startsWith("jar:") && jarEnd > 0) {
            return Path.of(URI.create(uri.substring("jar:".length(), jarEnd)));
        }
        String relative = type.getName().replace('.', '/');
        return Path.of(URI.create(uri.substring(0, uri.indexOf(relative))));
    }
}

package dev.yodel.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The compiled classes of the library modules, which package belongs to which module, and which packages are cores. */
final class Library {
    /**
     * What each module may use: the sentence "io <- { sdp, ice, dtls-srtp, sctp, media } <- webrtc-api <- whip" as a
     * table.
     */
    static final Map<String, Set<String>> MAY_USE = new TreeMap<>(Map.of(
            "io", Set.of(),
            "simulator", Set.of("io"),
            "sdp", Set.of("io"),
            "ice", Set.of("io"),
            "dtls-srtp", Set.of("io"),
            "sctp", Set.of("io"),
            "media", Set.of("io"),
            "webrtc-api", Set.of("io", "sdp", "ice", "dtls-srtp", "sctp", "media"),
            "whip", Set.of("io", "sdp", "webrtc-api")));

    /** The JPMS name of each module. */
    static final Map<String, String> MODULE_NAMES = new TreeMap<>(Map.of(
            "io", "dev.yodel.io",
            "simulator", "dev.yodel.simulator",
            "sdp", "dev.yodel.sdp",
            "ice", "dev.yodel.ice",
            "dtls-srtp", "dev.yodel.dtlssrtp",
            "sctp", "dev.yodel.sctp",
            "media", "dev.yodel.media",
            "webrtc-api", "dev.yodel.webrtc",
            "whip", "dev.yodel.whip"));

    private static final Map<String, String> MODULE_OF_PACKAGE = Map.ofEntries(
            Map.entry("io", "io"),
            Map.entry("simulator", "simulator"),
            Map.entry("sdp", "sdp"),
            Map.entry("ice", "ice"),
            Map.entry("dtls", "dtls-srtp"),
            Map.entry("srtp", "dtls-srtp"),
            Map.entry("sctp", "sctp"),
            Map.entry("rtp", "media"),
            Map.entry("media", "media"),
            Map.entry("webrtc", "webrtc-api"),
            Map.entry("whip", "whip"));

    /** Packages that may have threads, clocks, locks and sockets, because giving them to the cores is their work. */
    private static final List<String> DRIVERS = List.of(
            "dev.yodel.io.loop",
            "dev.yodel.simulator",
            "dev.yodel.ice.loop",
            "dev.yodel.media.loop",
            "dev.yodel.media.opus",
            "dev.yodel.dtls.bc",
            "dev.yodel.webrtc",
            "dev.yodel.whip");

    private static final String ROOT = "dev.yodel.";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(Library::isLibrary)
            .importPackages("dev.yodel");

    private Library() {}

    private static boolean isLibrary(Location location) {
        return MODULE_OF_PACKAGE.keySet().stream().anyMatch(top -> location.contains("/dev/yodel/" + top + "/"));
    }

    static Stream<JavaClass> classes() {
        return CLASSES.stream().filter(type -> moduleOf(type) != null);
    }

    /** The classes of protocol cores: everything in the library but the drivers. */
    static Stream<JavaClass> cores() {
        return classes().filter(type -> !isIn(type, DRIVERS));
    }

    /** The module that a class of ours belongs to; null for anybody else's class. */
    static @Nullable String moduleOf(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        if (!name.startsWith(ROOT)) {
            return null;
        }
        int dot = name.indexOf('.', ROOT.length());
        return MODULE_OF_PACKAGE.get(dot < 0 ? name.substring(ROOT.length()) : name.substring(ROOT.length(), dot));
    }

    static boolean isIn(JavaClass type, List<String> packages) {
        String name = type.getPackageName();
        return packages.stream().anyMatch(parent -> name.equals(parent) || name.startsWith(parent + "."));
    }
}

package dev.yodel.media.opus;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which libopus this JVM uses: the system's, else the one that opus-java brings. Looked for once, on first use, and bound
 * for good. Usable from any thread.
 */
final class OpusLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(OpusLibrary.class);
    private static final String[] SYSTEM_NAMES = {"opus", "libopus.so.0", "libopus-0"};

    private final LibOpus.@Nullable Controls controls;
    private final String description;

    private OpusLibrary(LibOpus.@Nullable Controls controls, String description) {
        this.controls = controls;
        this.description = description;
    }

    /** The class is initialised, and with it the library loaded, when somebody first asks. */
    private static final class Holder {
        static final OpusLibrary FOUND = find();

        private Holder() {}
    }

    static boolean isAvailable() {
        return Holder.FOUND.controls != null;
    }

    /** One line: version and origin, or what was tried. */
    static String description() {
        return Holder.FOUND.description;
    }

    /** The functions that {@link LibOpus} cannot hold itself; after this {@link LibOpus} may be called. */
    static LibOpus.Controls controls() {
        LibOpus.Controls found = Holder.FOUND.controls;
        if (found == null) {
            throw new OpusUnavailableException(description());
        }
        return found;
    }

    private static OpusLibrary find() {
        List<String> tried = new ArrayList<>();
        try {
            Class.forName("com.sun.jna.Native", true, OpusLibrary.class.getClassLoader());
            return load(tried);
        } catch (ClassNotFoundException | LinkageError e) {
            tried.add("JNA (" + e + ")");
            return missing(tried);
        }
    }

    private static OpusLibrary load(List<String> tried) {
        String only = System.getProperty(Opus.ONLY_PROPERTY, "");
        if (only.equals("bundled")) {
            tried.add("not the system's, as " + Opus.ONLY_PROPERTY + " says");
            return loadBundled(tried);
        }
        for (String name : SYSTEM_NAMES) {
            try {
                NativeLibrary library = NativeLibrary.getInstance(name);
                LibOpus.Controls controls = LibOpus.bind(name);
                File file = library.getFile();
                String from = file == null ? name : file.getPath();
                return new OpusLibrary(controls, LibOpus.opus_get_version_string() + " from the system (" + from + ")");
            } catch (UnsatisfiedLinkError e) {
                tried.add("the system's " + name);
            }
        }
        return loadBundled(tried);
    }

    private static OpusLibrary loadBundled(List<String> tried) {
        // opus-java has one folder for both kinds of Mac.
        String folder = Platform.isMac() ? "darwin" : Platform.RESOURCE_PREFIX;
        String extension = Platform.isWindows() ? ".dll" : Platform.isMac() ? ".dylib" : ".so";
        String resource = "/natives/" + folder + "/libopus" + extension;
        try {
            File file = Native.extractFromResourcePath(resource, OpusLibrary.class.getClassLoader());
            LibOpus.Controls controls = LibOpus.bind(file.getPath());
            String version = LibOpus.opus_get_version_string();
            LOG.warn(
                    "using {} that opus-java brings, older than the decoder fixes of RFC 8251: install libopus",
                    version);
            return new OpusLibrary(controls, version + " from opus-java");
        } catch (IOException | UnsatisfiedLinkError e) {
            tried.add("opus-java's " + resource);
            return missing(tried);
        }
    }

    private static OpusLibrary missing(List<String> tried) {
        return new OpusLibrary(
                null,
                "no libopus; tried " + String.join(", ", tried)
                        + ". Install it (Debian: apt install libopus0, macOS: brew"
                        + " install opus), or put net.java.dev.jna:jna and club.minnced:opus-java on the class path");
    }
}

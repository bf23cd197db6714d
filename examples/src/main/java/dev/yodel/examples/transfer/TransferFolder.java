package dev.yodel.examples.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where received files go: nothing outside of the folder is touched, nothing in it is overwritten, and what is not
 * complete lies in a hidden folder beside until it is, so that it can be gone on with. One thread.
 */
final class TransferFolder {
    private static final int MAX_PATH = 4_096;
    private static final int MAX_NAME = 255;
    private static final int MAX_DEPTH = 64;
    private static final String STORED = "stored";

    private final Path root;
    private final Path parts;
    private final Set<Integer> stored = new HashSet<>();

    /**
     * Opens a folder, and takes up what a transfer of this id left there.
     *
     * @throws IOException if it cannot be written to
     */
    TransferFolder(Path root, String id) throws IOException {
        Files.createDirectories(root);
        this.root = root.toRealPath();
        this.parts = this.root.resolve(".yodel-" + id);
        Files.createDirectories(parts);
        try {
            for (final String line : Files.readAllLines(parts.resolve(STORED), StandardCharsets.UTF_8)) {
                stored.add(Integer.valueOf(line.strip()));
            }
        } catch (NoSuchFileException first) {
            // A transfer that begins.
            return;
        } catch (NumberFormatException torn) {
            throw new IOException("the record " + parts.resolve(STORED) + " is damaged; delete " + parts, torn);
        }
    }

    boolean isStored(int index) {
        return stored.contains(index);
    }

    Path part(int index) {
        return parts.resolve(index + ".part");
    }

    /**
     * Where a file of this path goes.
     *
     * @throws IOException if the path leads out of the folder or is none that every system can have
     */
    Path target(String path) throws IOException {
        final String plain = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        final String[] names = plain.split("/", -1);
        if (plain.length() > MAX_PATH || names.length > MAX_DEPTH) {
            throw new IOException("the path is too long: " + path.substring(0, Math.min(100, path.length())));
        }
        Path target = root;
        for (int i = 0; i < names.length; i++) {
            target = target.resolve(checked(names[i], path));
            final boolean last = i == names.length - 1;
            if (!last && Files.exists(target, LinkOption.NOFOLLOW_LINKS) && !isFolder(target)) {
                throw new IOException("there is something that is no folder at " + target);
            }
        }
        return target;
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static String checked(String name, String path) throws IOException {
        boolean bad = name.isEmpty() || name.equals(".") || name.equals("..") || name.length() > MAX_NAME;
        for (int i = 0; i < name.length(); i++) {
            final char c = name.charAt(i);
            bad |= c < ' ' || c == 0x7f || c == '\\' || c == ':';
        }
        if (bad || name.startsWith(".yodel-")) {
            throw new IOException("a file of this path is not taken: " + path.replaceAll("\\p{Cntrl}", "?"));
        }
        return name;
    }

    /** Creates an empty folder. */
    void storeFolder(int index, Path target) throws IOException {
        Files.createDirectories(target);
        note(index);
    }

    /**
     * Moves a complete file to its place; under another name if there is a file already.
     *
     * @return where it lies
     */
    Path store(int index, Path target, long modifiedMillis) throws IOException {
        final Path parent = java.util.Objects.requireNonNull(target.getParent());
        Files.createDirectories(parent);
        if (!parent.toRealPath().startsWith(root)) {
            throw new IOException("a link leads out of the folder: " + parent);
        }
        final Path part = part(index);
        Files.setLastModifiedTime(part, java.nio.file.attribute.FileTime.fromMillis(modifiedMillis));
        for (int number = 0; ; number++) {
            final Path free = number == 0
                    ? target
                    : parent.resolve(numbered(target.getFileName().toString(), number));
            try {
                // Reserves the name: two transfers into one folder do not take it both.
                Files.createFile(free);
            } catch (FileAlreadyExistsException taken) {
                continue;
            }
            Files.move(part, free, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            note(index);
            return free;
        }
    }

    private static String numbered(String name, int number) {
        final int dot = name.lastIndexOf('.');
        return dot <= 0
                ? name + " (" + number + ")"
                : name.substring(0, dot) + " (" + number + ")" + name.substring(dot);
    }

    private void note(int index) throws IOException {
        stored.add(index);
        Files.writeString(parts.resolve(STORED), index + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** The transfer is complete: what helped to go on is removed. */
    void finish() throws IOException {
        try (Stream<Path> left = Files.list(parts)) {
            for (final Path each : left.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(parts);
    }
}

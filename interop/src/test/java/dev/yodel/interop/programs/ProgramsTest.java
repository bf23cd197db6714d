package dev.yodel.interop.programs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.architecture.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs, compiled and run in this JVM. */
class ProgramsTest extends ProgramChecks {
    private @Nullable InThisJvm programs;

    @BeforeAll
    void compile(@TempDir Path folder) throws IOException {
        Files.createDirectories(SourceTree.root().resolve("examples/target"));
        programs = new InThisJvm(folder);
    }

    @AfterAll
    void restore() throws IOException {
        if (programs != null) {
            programs.close();
        }
    }

    @Override
    Running start(String command) {
        InThisJvm compiled = programs;
        if (compiled == null) {
            throw new IllegalStateException("the programs are not compiled");
        }
        return compiled.start(command);
    }

    @Test
    void aProgramIsOneFileOfReadableLengthWithAReadme() {
        for (Path source : InThisJvm.programs()) {
            String text = SourceTree.read(source);
            assertThat(text.lines().count()).as("lines of %s", source).isBetween(30L, 155L);
            assertThat(text.lines().mapToInt(String::length).max().orElse(0))
                    .as("longest line of %s", source)
                    .isLessThanOrEqualTo(130);
            String folder = folderOf(source);
            assertThat(Readme.of(folder).commands())
                    .as("commands of %s", folder)
                    .anyMatch(command -> command.line().contains(folder + "/" + source.getFileName()));
        }
    }

    private static String folderOf(Path source) {
        return SourceTree.root()
                .resolve("examples")
                .relativize(source)
                .getName(0)
                .toString();
    }

    /** Whoever adds a folder adds what runs it. */
    @Test
    void everyProgramIsRunAndNamed() throws ReflectiveOperationException {
        String list = SourceTree.read(SourceTree.root().resolve("examples/README.md"));
        for (Path source : InThisJvm.programs()) {
            String folder = folderOf(source);
            StringBuilder method = new StringBuilder();
            for (String word : folder.split("-", -1)) {
                method.append(method.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
            }
            assertThat(ProgramChecks.class.getDeclaredMethod(method.toString()).isAnnotationPresent(Test.class))
                    .as(folder)
                    .isTrue();
            assertThat(list).contains("| [" + folder + "](" + folder + ") |");
        }
    }

    @Test
    void anEllipsisStandsForAnything() {
        assertThat(List.of("open http://localhost:8080/", "x open http://localhost:1/", "open http://localhost:8080"))
                .filteredOn(line -> Readme.matches("open http://localhost:…/", line))
                .containsExactly("open http://localhost:8080/");
        assertThat(Readme.matches("… frames", "12 frames")).isTrue();
        assertThat(Readme.matches("sent", "sent too")).isFalse();
        assertThat(Readme.matches("a…a", "a")).isFalse();
    }
}

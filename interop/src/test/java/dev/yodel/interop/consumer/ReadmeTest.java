package dev.yodel.interop.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.architecture.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README shows code that is compiled and run: it stands line by line in the consumer project's program. */
class ReadmeTest {
    private static final Path ROOT = SourceTree.root();

    @Test
    void theSampleIsTheConsumersProgram() throws IOException {
        String program =
                stripped(Files.readString(ROOT.resolve("consumer/src/main/java/dev/yodel/consumer/Connect.java"))
                        .lines());
        String readme = Files.readString(ROOT.resolve("README.md"));
        int start = readme.indexOf("```java\n") + "```java\n".length();
        List<String> sample =
                readme.substring(start, readme.indexOf("```", start)).lines().toList();
        assertThat(sample).hasSizeBetween(10, 25);
        assertThat(program).contains(stripped(sample.stream()));
    }

    /**
     * What two documents show of other people's frameworks stands in sources that are compiled and run ({@code
     * -Pframeworks}).
     */
    @Test
    void theFrameworksCodeIsThatOfTheSources() throws IOException {
        final StringBuilder sources = new StringBuilder();
        try (Stream<Path> files = Files.walk(ROOT.resolve("examples/web-frameworks/src/main"))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                sources.append(stripped(Files.readString(file).lines())).append('\n');
            }
        }
        int blocks = 0;
        for (String document : List.of("docs/web-frameworks.md", "docs/whip.md")) {
            String text = Files.readString(ROOT.resolve(document));
            int from = Math.max(0, text.indexOf("## Other HTTP servers"));
            for (String language : List.of("```java\n", "```kotlin\n")) {
                for (int at = text.indexOf(language, from); at >= 0; at = text.indexOf(language, at + 1)) {
                    int start = at + language.length();
                    String block = stripped(
                            text.substring(start, text.indexOf("```", start)).lines());
                    assertThat(sources.toString()).as(document).contains(block.strip());
                    blocks++;
                }
            }
        }
        assertThat(blocks).isEqualTo(7);
    }

    @Test
    void everyDocumentThatIsNamedExists() throws IOException {
        for (String document : List.of("README.md", "CHANGELOG.md", "SECURITY.md", "docs/architecture.md")) {
            String text = Files.readString(ROOT.resolve(document));
            for (int at = text.indexOf("]("); at >= 0; at = text.indexOf("](", at + 1)) {
                String target = text.substring(at + 2, text.indexOf(')', at));
                if (!target.startsWith("http")) {
                    assertThat(ROOT.resolve(document).resolveSibling(target))
                            .as("link in %s", document)
                            .exists();
                }
            }
        }
    }

    private static String stripped(Stream<String> lines) {
        return String.join("\n", lines.map(String::strip).toList());
    }
}

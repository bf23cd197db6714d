package dev.yodel.interop.programs;

import dev.yodel.architecture.SourceTree;
import dev.yodel.interop.browser.Requirements;
import java.nio.file.Files;
import org.junit.jupiter.api.Tag;

/** The commands of the READMEs as they stand there, each in a process of its own. */
@Tag("long")
class ProgramCommandsTest extends ProgramChecks {
    @Override
    Running start(String command) {
        if (!Files.exists(SourceTree.root().resolve("examples/target/yodel.jar"))) {
            return Requirements.missing("examples/target/yodel.jar is not built; run mvn package");
        }
        return ShellCommand.start(command);
    }
}

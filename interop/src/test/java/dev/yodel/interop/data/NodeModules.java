package dev.yodel.interop.data;

import dev.yodel.interop.browser.Requirements;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Other people's stacks for Node, fetched once a build by npm into a folder that {@code clean} removes. */
public final class NodeModules {
    private static final List<String> PACKAGES = List.of("node-datachannel@0.33.4", "werift@0.25.2");
    private static final Path FOLDER = Path.of("target", "node-peers").toAbsolutePath();

    private NodeModules() {}

    /** The folder with the packages and the bot's scripts, or the test is skipped. */
    static synchronized Path folder() throws IOException, InterruptedException {
        Path npm = Requirements.program("npm");
        Path done = FOLDER.resolve("installed");
        if (!Files.exists(done)) {
            Files.createDirectories(FOLDER);
            Files.writeString(FOLDER.resolve("package.json"), "{\"private\": true}");
            List<String> command = new ArrayList<>(List.of(
                    npm.toString(), "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"));
            command.addAll(PACKAGES);
            Process process = new ProcessBuilder(Requirements.outside(command))
                    .directory(FOLDER.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(FOLDER.resolve("npm.log").toFile())
                    .start();
            if (!process.waitFor(180, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                return Requirements.missing("npm cannot install " + PACKAGES + ": "
                        + Files.readString(FOLDER.resolve("npm.log"), StandardCharsets.UTF_8));
            }
            Files.writeString(done, String.join("\n", PACKAGES));
        }
        for (String script : List.of("data_bot.js", "data_peer.mjs")) {
            Files.writeString(FOLDER.resolve(script), BrowserPeer.script(script));
        }
        return FOLDER;
    }

    /** The bot on a stack. */
    public static ProcessPeer start(String stack) throws IOException, InterruptedException {
        Path node = Requirements.program("node");
        return ProcessPeer.start(folder(), List.of(node.toString(), "data_peer.mjs", stack));
    }
}

package dev.yodel.interop.data;

import dev.yodel.interop.browser.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The data bot on aiortc. */
public final class AiortcBot {
    private AiortcBot() {}

    /** Starts the bot, or skips the test where aiortc is not installed. */
    public static ProcessPeer start(Path folder) throws IOException {
        return start(folder, List.of());
    }

    /** The same in a namespace. */
    public static ProcessPeer start(Path folder, List<String> prefix) throws IOException {
        Path python = Requirements.file("/usr/bin/python3");
        Requirements.succeeds("aiortc", python.toString(), "-c", "import aiortc");
        Path script = folder.resolve("data_bot.py");
        Files.writeString(script, BrowserPeer.script("data_bot.py"));
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(python.toString(), script.toString()));
        return ProcessPeer.start(folder, command);
    }
}

package dev.yodel.interop.programs;

import dev.yodel.architecture.SourceTree;
import java.util.ArrayList;
import java.util.List;

/**
 * What a README promises: commands, indented and behind {@code "$ "}, each with the lines that it prints; an ellipsis
 * stands for anything.
 *
 * @param commands in order
 */
record Readme(List<Command> commands) {
    private static final String INDENT = "    ";
    private static final String PROMPT = "$ ";

    /**
     * One command.
     *
     * @param line for a shell in the root of the repository
     * @param output lines in order; others may stand between them
     */
    record Command(String line, List<String> output) {
        /** How many lines of the output stand in what was printed, in order. */
        int found(List<String> printed) {
            int found = 0;
            for (String line : printed) {
                if (found < output.size() && matches(output.get(found), line)) {
                    found++;
                }
            }
            return found;
        }
    }

    static Readme of(String folder) {
        List<Command> commands = new ArrayList<>();
        List<String> output = List.of();
        boolean open = false;
        for (String line : SourceTree.read(
                        SourceTree.root().resolve("examples").resolve(folder).resolve("README.md"))
                .lines()
                .toList()) {
            if (line.startsWith(INDENT + PROMPT)) {
                output = new ArrayList<>();
                commands.add(new Command(line.substring(INDENT.length() + PROMPT.length()), output));
                open = true;
            } else if (open && line.startsWith(INDENT)) {
                output.add(line.substring(INDENT.length()));
            } else {
                open = false;
            }
        }
        return new Readme(commands);
    }

    static boolean matches(String pattern, String line) {
        int at = 0;
        String[] parts = pattern.split("…", -1);
        for (int i = 0; i < parts.length; i++) {
            int found = i == parts.length - 1 ? line.length() - parts[i].length() : line.indexOf(parts[i], at);
            boolean anchored = i == 0 ? line.startsWith(parts[0]) && (parts.length > 1 || found == 0) : found >= at;
            if (!anchored || !line.startsWith(parts[i], i == 0 ? 0 : found)) {
                return false;
            }
            at = (i == 0 ? 0 : found) + parts[i].length();
        }
        return true;
    }
}

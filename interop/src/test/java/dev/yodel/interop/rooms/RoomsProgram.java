package dev.yodel.interop.rooms;

import dev.yodel.examples.Yodel;
import dev.yodel.interop.browser.Polling;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** The command {@code yodel rooms} with its options, in this JVM, until it is interrupted. */
final class RoomsProgram implements AutoCloseable {
    private final StringWriter out = new StringWriter();
    private final Thread thread;

    private RoomsProgram(List<String> arguments) {
        final PrintWriter writer = new PrintWriter(out, true);
        final CommandLine line = Yodel.commandLine().setOut(writer).setErr(writer);
        thread = new Thread(() -> line.execute(arguments.toArray(new String[0])), "test-rooms");
        thread.setDaemon(true);
        thread.start();
    }

    static RoomsProgram start(String... options) {
        final List<String> arguments = new ArrayList<>(List.of("rooms", "--port", "0"));
        arguments.addAll(List.of(options));
        return new RoomsProgram(arguments);
    }

    /** The link of a room. */
    URI page(String room) {
        return Polling.until("the page's address: " + out, 60, () -> {
            final String said = out.toString();
            final int at = said.indexOf("open ");
            final int end = said.indexOf(" in a browser");
            return at < 0 || end < at ? null : URI.create(said.substring(at + "open ".length(), end) + "?room=" + room);
        });
    }

    String said() {
        return out.toString();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(20_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

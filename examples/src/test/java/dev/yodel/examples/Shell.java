package dev.yodel.examples;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** One command run in this JVM: what it printed and returned. */
public final class Shell {
    private final Output out = new Output();
    private final StringWriter err = new StringWriter();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    /** Text that somebody may wait for. */
    private static final class Output extends StringWriter {
        private final Object changed = new Object();

        @Override
        public void flush() {
            synchronized (changed) {
                changed.notifyAll();
            }
        }

        void await(String words) throws InterruptedException {
            final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            synchronized (changed) {
                while (!toString().contains(words)) {
                    final long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                    if (left <= 0) {
                        throw new AssertionError("\"" + words + "\" was not printed within 30 s, but: " + this);
                    }
                    changed.wait(left);
                }
            }
        }
    }

    private Shell() {}

    /**
     * Waits until something was printed.
     *
     * @param words part of it
     * @throws InterruptedException if interrupted
     */
    public void awaitOut(String words) throws InterruptedException {
        out.await(words);
    }

    /**
     * Runs a command and waits for its end.
     *
     * @param arguments the command line
     * @return what came of it
     */
    public static Shell run(String... arguments) {
        final Shell shell = new Shell();
        shell.execute(arguments);
        return shell;
    }

    /**
     * Runs a command on a thread of its own.
     *
     * @param arguments the command line
     * @return what comes of it
     */
    public static Shell start(String... arguments) {
        final Shell shell = new Shell();
        final Thread thread = new Thread(() -> shell.execute(arguments), "test-shell");
        thread.setDaemon(true);
        thread.start();
        return shell;
    }

    private void execute(String... arguments) {
        final CommandLine line = Yodel.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        exit.complete(line.execute(arguments));
    }

    /**
     * The exit code, when the command has ended.
     *
     * @return 0 to 255
     */
    public int exitCode() {
        return exit.orTimeout(60, TimeUnit.SECONDS).join();
    }

    /**
     * Standard output so far.
     *
     * @return text
     */
    public String out() {
        return out.toString();
    }

    /**
     * Standard error so far.
     *
     * @return text
     */
    public String err() {
        return err.toString();
    }

    /**
     * The last line of standard output.
     *
     * @return without its end
     */
    public String lastLine() {
        return out().strip().lines().reduce("", (before, line) -> line);
    }

    @Override
    public String toString() {
        return "out: " + out + "\nerr: " + err;
    }
}

package dev.yodel.examples.transfer;

import java.io.PrintWriter;
import java.util.Locale;

/** A line that says how far a transfer is, twice a second on a terminal and every two seconds elsewhere. Any thread. */
final class Progress {
    private static final long TERMINAL_NANOS = 500_000_000;
    private static final long FILE_NANOS = 2_000_000_000;
    private static final int BAR = 24;

    private final PrintWriter out;
    private final boolean terminal = isTerminal();
    private final long begun = System.nanoTime();
    private long total;
    private long done;
    private long skipped;
    private long saidNanos = begun;
    private int width;

    Progress(PrintWriter out) {
        this.out = out;
    }

    /** From JDK 22 on there is a console even where the output is a file: then the bar is only not pretty there. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        return System.console() != null && System.getenv("TERM") != null;
    }

    synchronized void total(long bytes) {
        total = bytes;
        done = 0;
        skipped = 0;
    }

    /** Bytes that were there already. */
    synchronized void skip(long bytes) {
        done += bytes;
        skipped += bytes;
    }

    synchronized void add(long bytes, String name) {
        done += bytes;
        final long now = System.nanoTime();
        if (now - saidNanos >= (terminal ? TERMINAL_NANOS : FILE_NANOS)) {
            saidNanos = now;
            show(line(name, now));
        }
    }

    private void show(String line) {
        if (terminal) {
            out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
            width = line.length();
        } else {
            out.println(line);
        }
        out.flush();
    }

    /** A line for people that stays. */
    synchronized void say(String line) {
        if (terminal && width > 0) {
            out.print("\r" + " ".repeat(width) + "\r");
            width = 0;
        }
        out.println(line);
        out.flush();
    }

    private String line(String name, long now) {
        final double share = total == 0 ? 1 : Math.min(1, (double) done / total);
        final double rate = (done - skipped) * 1e9 / Math.max(1, now - begun);
        final int full = (int) (share * BAR);
        final String left = rate < 1 ? "?" : Math.round((total - done) / rate) + " s";
        return String.format(
                Locale.ROOT,
                "[%s%s] %3d %%  %s of %s  %s/s  %s left  %s",
                "#".repeat(full),
                ".".repeat(BAR - full),
                Math.round(share * 100),
                size(done),
                size(total),
                size((long) rate),
                left,
                name);
    }

    /** How it went, in words. */
    synchronized String summary() {
        final double seconds = (System.nanoTime() - begun) / 1e9;
        return String.format(
                Locale.ROOT, "%s in %.1f s (%s/s)", size(total), seconds, size((long) ((done - skipped) / seconds)));
    }

    static String size(long bytes) {
        if (bytes < 1_000) {
            return bytes + " B";
        }
        if (bytes < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
        }
        return bytes < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }
}

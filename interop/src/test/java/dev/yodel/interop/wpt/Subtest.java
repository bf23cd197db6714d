package dev.yodel.interop.wpt;

/**
 * A line of the baseline: a subtest of the pinned list, what two browsers made of it, and what this library did when the
 * baseline was written.
 *
 * @param file the test file
 * @param name the subtest
 * @param area what it is about
 * @param chromium PASS or something else
 * @param firefox PASS or something else
 * @param yodel PASS or FAIL
 */
record Subtest(String file, String name, String area, String chromium, String firefox, String yodel) {
    private static final String PASS = "PASS";

    /** Reads a line with tabs between its fields. */
    static Subtest parse(String line) {
        String[] fields = line.split("\t", -1);
        if (fields.length != 6) {
            throw new IllegalArgumentException("not six fields: " + line);
        }
        return new Subtest(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]);
    }

    /** A name without line ends and tabs, as the baseline writes it. */
    static String escape(String name) {
        return name.replace("\n", "\\n").replace("\t", "\\t");
    }

    static String unescape(String name) {
        return name.replace("\\n", "\n").replace("\\t", "\t");
    }

    boolean passesInBoth() {
        return chromium.equals(PASS) && firefox.equals(PASS);
    }

    boolean inChromium() {
        return chromium.equals(PASS);
    }

    boolean inFirefox() {
        return firefox.equals(PASS);
    }

    boolean expectedToPass() {
        return yodel.equals(PASS);
    }

    /** The same line with another result. */
    Subtest with(boolean passed) {
        return new Subtest(file, name, area, chromium, firefox, passed ? PASS : "FAIL");
    }

    String line() {
        return String.join("\t", file, name, area, chromium, firefox, yodel);
    }
}

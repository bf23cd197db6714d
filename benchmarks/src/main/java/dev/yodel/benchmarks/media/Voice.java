package dev.yodel.benchmarks.media;

import java.util.function.Consumer;

/** A call of one stack over a bad path: one end speaks, the other one hears. */
interface Voice extends AutoCloseable {
    /** What protects the sound. */
    enum Repair {
        /** Nothing. */
        NONE,
        /** Opus's in-band FEC (RFC 6716 2.1.7). */
        FEC,
        /** Redundant frames (RFC 2198), without in-band FEC. */
        RED;

        /** A description in which the peer is asked for this and nothing else. */
        String applied(String sdp) {
            String result = this == FEC ? sdp : sdp.replace("useinbandfec=1", "useinbandfec=0");
            if (this != RED) {
                return result;
            }
            StringBuilder lines = new StringBuilder();
            for (String line : result.lines().toList()) {
                lines.append(line.startsWith("m=audio ") ? preferred(line, redOf(result)) : line)
                        .append("\r\n");
            }
            return lines.toString();
        }

        private static String redOf(String sdp) {
            return sdp.lines()
                    .filter(line -> line.startsWith("a=rtpmap:") && line.contains(" red/48000"))
                    .map(line -> line.substring("a=rtpmap:".length(), line.indexOf(' ')))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no red/48000 in " + sdp));
        }

        private static String preferred(String section, String first) {
            StringBuilder result = new StringBuilder();
            String[] words = section.split(" ", -1);
            for (int i = 0; i < words.length; i++) {
                if (i == 3) {
                    result.append(' ').append(first);
                }
                if (i < 3 || !words[i].equals(first)) {
                    result.append(i == 0 ? "" : " ").append(words[i]);
                }
            }
            return result.toString();
        }
    }

    /** Samples that were invented, and all that were played, so far. */
    record Played(double concealed, double total) {}

    /** Connects; sound goes to the listener from then on, mono, 48,000 a second. */
    void connect(BadPath path, Repair repair, Consumer<short[]> listener) throws Exception;

    /** Says 10 ms. */
    void say(short[] pcm, int offset);

    /** What the hearing end says of itself. */
    Played played() throws Exception;

    @Override
    void close();
}

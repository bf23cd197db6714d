package dev.yodel.sdp;

import java.util.List;

/** Lines to text: the order is the model's, every line ends with CR LF. */
final class SdpWriter {
    private SdpWriter() {}

    static String write(Sdp sdp) {
        StringBuilder out = new StringBuilder(1024);
        write(sdp.lines(), out);
        sdp.media().forEach(section -> write(section, out));
        return out.toString();
    }

    static void write(MediaSection section, StringBuilder out) {
        write(section.mediaLine(), out);
        write(section.lines(), out);
    }

    static void write(List<SdpLine> lines, StringBuilder out) {
        lines.forEach(line -> write(line, out));
    }

    private static void write(SdpLine line, StringBuilder out) {
        line.appendTo(out);
        out.append("\r\n");
    }
}

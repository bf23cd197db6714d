package dev.yodel.sdp;

import java.util.List;

/** What an {@code m=} line says (RFC 8866 section 5.14). */
record MediaLine(SdpLine line, String type, int port, int portCount, String protocol, List<String> formats) {
    private static final String PROFILE = "RTP/";

    /** Throws unless {@link #parse} can read what stands behind the equals sign. */
    static void check(Cursor fields) {
        fields.fieldToken("media type");
        Cursor ports = fields.fieldCursor("port");
        boolean counted = ports.has('/');
        ports.numberUntil('/', 0, 65535, "port");
        if (counted) {
            ports.restNumber(1, 65535, "number of ports");
        }
        boolean rtp = fields.nextHas(PROFILE, true) || fields.nextHas("/" + PROFILE, false);
        fields.fieldWord("protocol");
        if (fields.isAtEnd()) {
            throw Grammar.bad("format is missing");
        }
        fields.checkWords("format");
        while (rtp && !fields.isAtEnd()) {
            fields.number(0, 127, "payload type");
        }
    }

    /** What a line says that {@link #check} has let through. */
    static MediaLine parse(SdpLine line) {
        Cursor fields = line.cursor();
        String type = Grammar.token(fields.field("media type"), "media type");
        Cursor ports = fields.fieldCursor("port");
        boolean counted = ports.has('/');
        int port = (int) ports.numberUntil('/', 0, 65535, "port");
        int portCount = counted ? (int) ports.restNumber(1, 65535, "number of ports") : 1;
        String protocol = Grammar.word(fields.field("protocol"), "protocol");
        return new MediaLine(line, type, port, portCount, protocol, fields.words("format"));
    }

    boolean isRtp() {
        return protocol.startsWith(PROFILE) || protocol.contains("/" + PROFILE);
    }
}

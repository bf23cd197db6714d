package dev.yodel.sdp;

import java.util.List;

/** What an {@code m=} line says (RFC 8866 section 5.14). */
record MediaLine(SdpLine line, String type, int port, int portCount, String protocol, List<String> formats) {
    static MediaLine parse(SdpLine line) {
        Cursor fields = line.cursor();
        String type = Grammar.token(fields.field("media type"), "media type");
        Cursor ports = fields.fieldCursor("port");
        boolean counted = ports.has('/');
        int port = (int) ports.numberUntil('/', 0, 65535, "port");
        int portCount = counted ? (int) ports.restNumber(1, 65535, "number of ports") : 1;
        String protocol = Grammar.word(fields.field("protocol"), "protocol");
        if (fields.isAtEnd()) {
            throw Grammar.bad("format is missing");
        }
        MediaLine media = new MediaLine(line, type, port, portCount, protocol, fields.words("format"));
        while (media.isRtp() && !fields.isAtEnd()) {
            fields.number(0, 127, "payload type");
        }
        return media;
    }

    boolean isRtp() {
        return protocol.startsWith("RTP/") || protocol.contains("/RTP/");
    }
}

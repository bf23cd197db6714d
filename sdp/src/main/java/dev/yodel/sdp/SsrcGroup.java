package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.List;

/**
 * RTP sources that belong together (RFC 5576 section 4.2), such as a stream and its retransmission ({@code FID}).
 *
 * @param semantics the kind of group
 * @param ssrcs the sources, each 0 to 2^32-1
 */
public record SsrcGroup(String semantics, List<Long> ssrcs) implements Attribute {
    /** Checks ranges and characters. */
    public SsrcGroup {
        Grammar.token(semantics, "group semantics");
        for (long ssrc : ssrcs) {
            Grammar.inRange(ssrc, 0, 0xFFFF_FFFFL, "ssrc");
        }
        ssrcs = List.copyOf(ssrcs);
    }

    static SsrcGroup parse(String value) {
        List<String> fields = Grammar.fields(value);
        List<Long> ssrcs = new ArrayList<>();
        for (int i = 1; i < fields.size(); i++) {
            ssrcs.add(Grammar.number(fields.get(i), 0, 0xFFFF_FFFFL, "ssrc"));
        }
        return new SsrcGroup(Grammar.field(fields, 0, "group semantics"), ssrcs);
    }

    private String written() {
        StringBuilder text = new StringBuilder(semantics);
        for (long ssrc : ssrcs) {
            text.append(' ').append(ssrc);
        }
        return text.toString();
    }

    @Override
    public String attributeName() {
        return "ssrc-group";
    }

    @Override
    public String attributeValue() {
        return written();
    }
}

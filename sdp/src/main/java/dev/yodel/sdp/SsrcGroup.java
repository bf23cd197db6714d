package dev.yodel.sdp;

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

    static void check(Cursor value) {
        value.fieldToken("group semantics");
        while (!value.isAtEnd()) {
            value.number(0, 0xFFFF_FFFFL, "ssrc");
        }
    }

    static SsrcGroup parse(Cursor value) {
        String semantics = value.field("group semantics");
        Long[] ssrcs = new Long[value.count()];
        for (int i = 0; i < ssrcs.length; i++) {
            ssrcs[i] = value.number(0, 0xFFFF_FFFFL, "ssrc");
        }
        return new SsrcGroup(semantics, List.of(ssrcs));
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

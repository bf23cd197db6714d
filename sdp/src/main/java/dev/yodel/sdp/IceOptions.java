package dev.yodel.sdp;

import java.util.List;

/**
 * ICE options (RFC 8839 section 5.6).
 *
 * @param options the tags, at least one; one that an implementation joined by commas stays one
 */
public record IceOptions(List<String> options) implements Attribute {
    /** The tag of RFC 8838: candidates may follow the description. */
    public static final String TRICKLE = "trickle";

    /** Checks the tags. */
    public IceOptions {
        if (options.isEmpty()) {
            throw Grammar.bad("ice option is missing");
        }
        options = Words.words(options, "ice option");
    }

    static IceOptions parse(Cursor value) {
        return new IceOptions(value.words("ice option"));
    }

    /**
     * Whether an option is present, also when the peer wrote commas instead of spaces (libdatachannel does).
     *
     * @param option the tag
     * @return true if it is there
     */
    public boolean contains(String option) {
        for (String word : options) {
            for (String tag : Grammar.split(word, ',')) {
                if (tag.equals(option)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public String attributeName() {
        return "ice-options";
    }

    @Override
    public String attributeValue() {
        return String.join(" ", options);
    }
}

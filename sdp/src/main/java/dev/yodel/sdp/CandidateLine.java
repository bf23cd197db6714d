package dev.yodel.sdp;

/**
 * One candidate as text (RFC 8839 section 5.1); its grammar belongs to {@code dev.yodel.ice.Candidate}.
 *
 * @param candidate what stands behind {@code candidate:}, not empty
 */
public record CandidateLine(String candidate) implements Attribute {
    /** Checks that the text fits on one line. */
    public CandidateLine {
        Grammar.byteString(candidate, "candidate");
        if (candidate.isEmpty()) {
            throw Grammar.bad("candidate is missing");
        }
    }

    @Override
    public String attributeName() {
        return "candidate";
    }

    @Override
    public String attributeValue() {
        return candidate;
    }
}

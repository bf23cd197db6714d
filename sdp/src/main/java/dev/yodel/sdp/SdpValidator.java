package dev.yodel.sdp;

import java.util.List;
import java.util.Locale;

/**
 * Can a well-formed offer or answer be acted upon? It looks at one description alone: whether an answer fits its offer
 * is the negotiator's question.
 *
 * <p>Duplicates and conflicts (RFC 9143, RFC 9429 section 5.8) and what a secure transport needs (RFC 8839 section 5.4,
 * RFC 8842 section 5, RFC 5761). A section that is rejected needs nothing; a section that shares another one's transport
 * by BUNDLE may leave the transport's attributes out (RFC 9143 section 7.1.3).
 */
public final class SdpValidator {
    private static final int MAX_ICE_CHARS = 256;
    private static final int MIN_UFRAG_CHARS = 4;
    private static final int MIN_PWD_CHARS = 22;

    private final Sdp sdp;
    private final boolean answer;
    private final SdpProblems problems;

    private SdpValidator(Sdp sdp, boolean answer) {
        this.sdp = sdp;
        this.answer = answer;
        this.problems = new SdpProblems(sdp);
    }

    /**
     * Judges an offer.
     *
     * @param sdp the offer
     * @return what is wrong with it in the order of its lines, at most 100 problems; empty for a good one
     */
    public static List<SdpProblem> offer(Sdp sdp) {
        return new SdpValidator(sdp, false).validate();
    }

    /**
     * Judges an answer or a provisional answer.
     *
     * @param sdp the answer
     * @return what is wrong with it in the order of its lines, at most 100 problems; empty for a good one
     */
    public static List<SdpProblem> answer(Sdp sdp) {
        return new SdpValidator(sdp, true).validate();
    }

    /**
     * The size of a digest.
     *
     * @param algorithm a hash function's name as RFC 8122 writes it, in any case
     * @return bytes, or -1 for a hash function that is not accepted (md5 and md2 are not)
     */
    public static int digestSizeBytes(String algorithm) {
        return switch (algorithm.toLowerCase(Locale.ROOT)) {
            case "sha-1" -> 20;
            case "sha-224" -> 28;
            case "sha-256" -> 32;
            case "sha-384" -> 48;
            case "sha-512" -> 64;
            default -> -1;
        };
    }

    private List<SdpProblem> validate() {
        new SdpConflicts(sdp, problems).check();
        problems.forEachSessionAttribute(this::checkLine);
        for (int i = 0; i < sdp.media().size(); i++) {
            problems.forEachAttribute(i, this::checkLine);
            if (needsTransport(sdp.media().get(i))) {
                checkTransport(i);
            }
        }
        return problems.inOrder();
    }

    private void checkLine(Attribute attribute, int lineNumber) {
        if (attribute instanceof IceUfrag ufrag) {
            checkIceText(ufrag, ufrag.ufrag(), MIN_UFRAG_CHARS, lineNumber);
        } else if (attribute instanceof IcePwd pwd) {
            checkIceText(pwd, pwd.password(), MIN_PWD_CHARS, lineNumber);
        } else if (attribute instanceof Fingerprint fingerprint) {
            int size = digestSizeBytes(fingerprint.algorithm());
            if (size >= 0 && size != fingerprint.sizeBytes()) {
                problems.at(lineNumber, fingerprint, "a digest of " + size + " bytes is expected (RFC 8122 section 5)");
            }
        } else if (attribute instanceof Setup setup) {
            if (setup == Setup.HOLDCONN) {
                problems.at(lineNumber, setup, "holdconn is not used with DTLS (RFC 8842 section 5.2)");
            } else if (answer && setup == Setup.ACTPASS) {
                problems.at(lineNumber, setup, "an answer must choose active or passive (RFC 8842 section 5.3)");
            }
        }
    }

    /** RFC 8839 section 5.4: 4 to 256 and 22 to 256 characters of ice-char. */
    private void checkIceText(Attribute attribute, String text, int min, int lineNumber) {
        if (text.length() < min || text.length() > MAX_ICE_CHARS) {
            problems.at(lineNumber, attribute, "must have " + min + " to 256 characters (RFC 8839 section 5.4)");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Grammar.isAlphaNumeric(c) && c != '+' && c != '/') {
                problems.at(lineNumber, attribute, "must consist of letters, digits, + and / (RFC 8839 section 5.4)");
                return;
            }
        }
    }

    private static boolean needsTransport(MediaSection section) {
        return !section.isRejected() && (section.isRtp() || section.isDataChannel());
    }

    private void checkTransport(int index) {
        MediaSection section = sdp.media().get(index);
        boolean shared = sharesTransport(section);
        boolean hasUfrag = sdp.iceUfrag(section) != null;
        boolean hasPwd = sdp.icePwd(section) != null;
        if (hasUfrag != hasPwd || (!hasUfrag && !shared)) {
            problems.atMediaLine(
                    index, (hasUfrag ? "no ice-pwd" : "no ice-ufrag") + " for this section (RFC 8839 section 5.4)");
        }
        if (!shared && sdp.fingerprints(section).isEmpty()) {
            problems.atMediaLine(index, "no fingerprint for this section (RFC 8842 section 5.1)");
        }
        if (!sdp.fingerprints(section).isEmpty() && !hasKnownHash(section)) {
            problems.atMediaLine(index, "no fingerprint with SHA-1 or SHA-2 for this section (RFC 8122 section 5)");
        }
        if (!shared && sdp.setup(section) == null) {
            problems.atMediaLine(index, "no setup for this section (RFC 8842 section 5.2)");
        }
        boolean muxed = section.attributes().has(Flag.RTCP_MUX)
                || section.attributes().has(Flag.RTCP_MUX_ONLY)
                || sdp.attributes().has(Flag.RTCP_MUX);
        if (!shared && section.isRtp() && !muxed) {
            problems.atMediaLine(index, "no rtcp-mux for this section (RFC 5761, RFC 8858)");
        }
    }

    private boolean hasKnownHash(MediaSection section) {
        return sdp.fingerprints(section).stream().anyMatch(known -> digestSizeBytes(known.algorithm()) > 0);
    }

    /** Whether another, earlier named and accepted section of the BUNDLE group carries the transport's attributes. */
    private boolean sharesTransport(MediaSection section) {
        Group group = sdp.bundleGroup(section);
        if (group == null) {
            return false;
        }
        for (String mid : group.mids()) {
            MediaSection candidate = sdp.mediaByMid(mid);
            if (candidate != null && needsTransport(candidate)) {
                return !candidate.equals(section);
            }
        }
        return false;
    }
}

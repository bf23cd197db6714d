package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.List;

/** Collects problems; knows which line number a line of the description has. */
final class SdpProblems {
    private static final int MAX_PROBLEMS = 100;

    private final Sdp sdp;
    private final int[] mediaLineNumbers;
    private final List<SdpProblem> problems = new ArrayList<>();

    SdpProblems(Sdp sdp) {
        this.sdp = sdp;
        this.mediaLineNumbers = new int[sdp.media().size()];
        int number = sdp.lines().size() + 1;
        for (int i = 0; i < mediaLineNumbers.length; i++) {
            mediaLineNumbers[i] = number;
            number += 1 + sdp.media().get(i).lines().size();
        }
    }

    /** What a check is told about each attribute line. */
    interface Visitor {
        void visit(Attribute attribute, int lineNumber);
    }

    void forEachSessionAttribute(Visitor visitor) {
        forEach(sdp.lines(), 1, visitor);
    }

    void forEachAttribute(int section, Visitor visitor) {
        forEach(sdp.media().get(section).lines(), mediaLineNumbers[section] + 1, visitor);
    }

    void atMediaLine(int section, String reason) {
        at(mediaLineNumbers[section], sdp.media().get(section).mediaLine().toString(), reason);
    }

    void at(int lineNumber, Attribute attribute, String reason) {
        at(lineNumber, SdpParseException.shown("a=" + attribute.text()), reason);
    }

    List<SdpProblem> inOrder() {
        problems.sort((one, other) -> Integer.compare(one.lineNumber(), other.lineNumber()));
        return List.copyOf(problems);
    }

    private void at(int lineNumber, String text, String reason) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(new SdpProblem(lineNumber, text, reason));
        }
    }

    private static void forEach(List<SdpLine> lines, int firstNumber, Visitor visitor) {
        for (int i = 0; i < lines.size(); i++) {
            Attribute attribute = lines.get(i).attribute();
            if (attribute != null) {
                visitor.visit(attribute, firstNumber + i);
            }
        }
    }
}

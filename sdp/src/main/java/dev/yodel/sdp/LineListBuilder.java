package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.List;

/** Where does a new line go among those that are there? Lines stand in the order of RFC 8866 section 9, else as added. */
final class LineListBuilder {
    private final String order;
    private final List<SdpLine> lines;

    LineListBuilder(String order, List<SdpLine> lines) {
        this.order = order;
        this.lines = new ArrayList<>(lines);
    }

    void add(SdpLine line) {
        int rank = order.indexOf(line.type());
        if (rank < 0) {
            throw Grammar.bad("a line of type " + line.type() + " cannot stand here; known are " + order);
        }
        int index = lines.size();
        while (index > 0 && order.indexOf(lines.get(index - 1).type()) > rank) {
            index--;
        }
        lines.add(index, line);
    }

    /** Puts the line where the first one of its kind stands and removes the others of its kind. */
    void replace(SdpLine line) {
        int index = -1;
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (sameKind(lines.get(i), line)) {
                lines.remove(i);
                index = i;
            }
        }
        if (index < 0) {
            add(line);
        } else {
            lines.add(index, line);
        }
    }

    void removeAll(Class<? extends Attribute> type) {
        lines.removeIf(line -> type.isInstance(line.attribute()));
    }

    void remove(Attribute attribute) {
        lines.removeIf(line -> attribute.equals(line.attribute()));
    }

    List<SdpLine> lines() {
        return lines;
    }

    private static boolean sameKind(SdpLine one, SdpLine other) {
        Attribute first = one.attribute();
        Attribute second = other.attribute();
        if (first == null || second == null) {
            return one.type() == other.type();
        }
        boolean oneTypeManyNames = first instanceof Flag || first instanceof UnknownAttribute;
        return oneTypeManyNames
                ? first.attributeName().equals(second.attributeName())
                : first.getClass() == second.getClass();
    }
}

package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.List;

/**
 * The simulcast streams of a section (RFC 8853 section 5.1). Each stream is a list of alternatives, the preferred first.
 *
 * @param send the streams the writer wants to send, empty for none
 * @param recv the streams the writer wants to receive, empty for none; not both are empty
 */
public record Simulcast(List<List<Alternative>> send, List<List<Alternative>> recv) implements Attribute {
    private static final int MAX_STREAMS = 64;

    /** Checks that there is a stream and that none is without alternatives. */
    public Simulcast {
        send = copy(send);
        recv = copy(recv);
        if (send.isEmpty() && recv.isEmpty()) {
            throw Grammar.bad("simulcast needs a stream to send or to receive");
        }
    }

    /**
     * One way to provide a stream.
     *
     * @param rid the identifier of an {@code a=rid} line
     * @param paused whether it is paused at first ({@code ~})
     */
    public record Alternative(String rid, boolean paused) {
        /** Checks the identifier. */
        public Alternative {
            Rid.checkId(rid);
        }
    }

    static void check(Cursor value) {
        checkFieldCount(value);
        boolean sends = false;
        boolean receives = false;
        while (!value.isAtEnd()) {
            if (!sends && value.take("send")) {
                sends = true;
            } else if (!receives && value.take("recv")) {
                receives = true;
            } else {
                throw Grammar.bad("simulcast direction must be send or recv, each at most once");
            }
            if (value.fieldCursor("list of streams").parts(';', ',', Simulcast::checkAlternative) > MAX_STREAMS) {
                throw tooMany();
            }
        }
    }

    private static void checkAlternative(String text, int start, int end) {
        Rid.checkId(text, start < end && text.charAt(start) == '~' ? start + 1 : start, end);
    }

    private static void checkFieldCount(Cursor value) {
        int fields = value.count();
        if (fields != 2 && fields != 4) {
            throw Grammar.bad("simulcast must have one or two directions with a list each");
        }
    }

    private static IllegalArgumentException tooMany() {
        return Grammar.bad("simulcast has more than " + MAX_STREAMS + " streams and alternatives");
    }

    static Simulcast parse(Cursor value) {
        checkFieldCount(value);
        int fields = value.count();
        List<List<Alternative>> send = List.of();
        List<List<Alternative>> recv = List.of();
        for (int i = 0; i < fields; i += 2) {
            if (send.isEmpty() && value.take("send")) {
                send = streams(value.fieldCursor("list of streams"));
            } else if (recv.isEmpty() && value.take("recv")) {
                recv = streams(value.fieldCursor("list of streams"));
            } else {
                throw Grammar.bad("simulcast direction must be send or recv, each at most once");
            }
        }
        return new Simulcast(send, recv);
    }

    private static List<List<Alternative>> streams(Cursor text) {
        List<List<Alternative>> streams = new ArrayList<>();
        int count = 0;
        boolean more;
        do {
            more = text.has(';');
            Cursor stream = text.until(';');
            List<Alternative> alternatives = new ArrayList<>();
            boolean others;
            do {
                if (++count > MAX_STREAMS) {
                    throw tooMany();
                }
                others = stream.has(',');
                String alternative = stream.textUntil(',');
                boolean paused = alternative.startsWith("~");
                alternatives.add(new Alternative(paused ? alternative.substring(1) : alternative, paused));
            } while (others);
            streams.add(alternatives);
        } while (more);
        return streams;
    }

    private static List<List<Alternative>> copy(List<List<Alternative>> streams) {
        List<List<Alternative>> copy = new ArrayList<>();
        for (List<Alternative> stream : streams) {
            if (stream.isEmpty()) {
                throw Grammar.bad("a simulcast stream needs an alternative");
            }
            copy.add(List.copyOf(stream));
        }
        return List.copyOf(copy);
    }

    private String written() {
        StringBuilder text = new StringBuilder();
        write("send ", send, text);
        write("recv ", recv, text);
        return text.toString();
    }

    private static void write(String direction, List<List<Alternative>> streams, StringBuilder text) {
        for (int i = 0; i < streams.size(); i++) {
            text.append(i > 0 ? ";" : text.isEmpty() ? direction : " " + direction);
            for (int k = 0; k < streams.get(i).size(); k++) {
                Alternative alternative = streams.get(i).get(k);
                text.append(k > 0 ? "," : "")
                        .append(alternative.paused() ? "~" : "")
                        .append(alternative.rid());
            }
        }
    }

    @Override
    public String attributeName() {
        return "simulcast";
    }

    @Override
    public String attributeValue() {
        return written();
    }
}

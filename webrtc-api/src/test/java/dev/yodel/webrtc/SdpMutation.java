package dev.yodel.webrtc;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Harms a description at random: one to three faults of those that bugs and attackers make. The seed decides. */
final class SdpMutation {
    private static final List<String> NUMBERS =
            List.of("0", "-1", "65536", "4294967296", "18446744073709551616", "128", "1e9", "", "007", "9");
    private static final List<String> FOREIGN = List.of(
            "a=mid:0",
            "a=mid:",
            "a=group:BUNDLE 0 0",
            "a=group:BUNDLE nowhere",
            "a=setup:actpass",
            "a=setup:active",
            "a=setup:holdconn",
            "a=ice-lite",
            "a=ice-ufrag:x",
            "a=ice-pwd:short",
            "a=fingerprint:sha-256 00:11",
            "a=fingerprint:md5 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF",
            "a=rtcp-mux-only",
            "a=extmap:0 urn:x",
            "a=extmap:15 urn:x",
            "a=rtpmap:96 nothing/0",
            "a=rtpmap:300 opus/48000/2",
            "a=fmtp:96 apt=96",
            "a=fmtp:97 apt=12345",
            "a=ssrc:4294967296 cname:x",
            "a=ssrc-group:FID 1",
            "a=simulcast:send 1;2 recv 3",
            "a=rid:1 send pt=200",
            "a=rid:1 sideways",
            "a=max-message-size:0",
            "a=max-message-size:-5",
            "a=sctp-port:0",
            "a=sctp-port:70000",
            "a=candidate:1 1 udp 1 10.0.0.1 70000 typ host",
            "a=candidate:",
            "a=end-of-candidates",
            "a=inactive",
            "a=sendonly",
            "a=bundle-only",
            "a=msid:- -",
            "a=msid: ",
            "m=audio 9 UDP/TLS/RTP/SAVPF 0",
            "m=video 0 RTP/AVP 96",
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
            "m=",
            "c=IN IP4 224.0.0.1/127",
            "v=1",
            "x=unknown",
            "=",
            "\u0000\u0001",
            "a=" + "y".repeat(3_000));

    private final Random random;

    SdpMutation(Random random) {
        this.random = random;
    }

    String of(String text) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        int faults = 1 + random.nextInt(3);
        for (int i = 0; i < faults && !lines.isEmpty(); i++) {
            harm(lines);
        }
        String end = random.nextInt(12) == 0 ? "\n" : "\r\n";
        String harmed = String.join(end, lines) + end;
        return random.nextInt(25) == 0 ? harmed.substring(0, random.nextInt(harmed.length())) : harmed;
    }

    private void harm(List<String> lines) {
        int at = random.nextInt(lines.size());
        switch (random.nextInt(11)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
            case 2 -> lines.add(at, FOREIGN.get(random.nextInt(FOREIGN.size())));
            case 3 -> lines.set(at, FOREIGN.get(random.nextInt(FOREIGN.size())));
            case 4 -> lines.add(random.nextInt(lines.size()), lines.remove(at));
            case 5 -> lines.set(at, character(lines.get(at)));
            case 6 -> lines.set(at, number(lines.get(at)));
            case 7 ->
                lines.set(
                        at,
                        lines.get(at).substring(0, random.nextInt(lines.get(at).length() + 1)));
            case 8 -> value(lines, at);
            case 9 -> removeSection(lines);
            default -> swapSections(lines);
        }
    }

    private String character(String line) {
        if (line.isEmpty()) {
            return "?";
        }
        int at = random.nextInt(line.length());
        return line.substring(0, at) + (char) (32 + random.nextInt(96)) + line.substring(at + 1);
    }

    /** The first number from some place on becomes another. */
    private String number(String line) {
        int from = line.isEmpty() ? 0 : random.nextInt(line.length());
        while (from < line.length() && !Character.isDigit(line.charAt(from))) {
            from++;
        }
        int to = from;
        while (to < line.length() && Character.isDigit(line.charAt(to))) {
            to++;
        }
        return line.substring(0, from) + NUMBERS.get(random.nextInt(NUMBERS.size())) + line.substring(to);
    }

    /** A line gets the value of another line with the same name, for example another section's mid. */
    private void value(List<String> lines, int at) {
        String line = lines.get(at);
        int colon = line.indexOf(':');
        List<String> others = lines.stream()
                .filter(other -> colon > 0 && other.startsWith(line.substring(0, colon + 1)))
                .toList();
        if (!others.isEmpty()) {
            lines.set(at, others.get(random.nextInt(others.size())));
        }
    }

    private List<Integer> sections(List<String> lines) {
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("m=")) {
                starts.add(i);
            }
        }
        starts.add(lines.size());
        return starts;
    }

    private void removeSection(List<String> lines) {
        List<Integer> starts = sections(lines);
        if (starts.size() > 1) {
            int section = random.nextInt(starts.size() - 1);
            lines.subList(starts.get(section), starts.get(section + 1)).clear();
        }
    }

    private void swapSections(List<String> lines) {
        List<Integer> starts = sections(lines);
        if (starts.size() > 2) {
            int section = random.nextInt(starts.size() - 2);
            List<String> first = lines.subList(starts.get(section), starts.get(section + 1));
            List<String> moved = new ArrayList<>(first);
            int length = starts.get(section + 2) - starts.get(section + 1);
            first.clear();
            lines.addAll(starts.get(section) + length, moved);
        }
    }
}

package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Every name of the IDL of WebRTC 1.0, webrtc-extensions and webrtc-encoded-transform is in our API, or left out with a
 * reason: idl.tsv.
 */
class IdlTableTest {
    private record Row(String specification, String type, String member, String ours, String why) {
        @Override
        public String toString() {
            return type + "." + member;
        }
    }

    private static List<Row> rows() throws IOException {
        try (InputStream in = Objects.requireNonNull(IdlTableTest.class.getResourceAsStream("idl.tsv"))) {
            List<Row> rows = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .toList()) {
                List<String> cells = new ArrayList<>();
                int start = 0;
                for (int tab = line.indexOf('\t'); tab >= 0; tab = line.indexOf('\t', start)) {
                    cells.add(line.substring(start, tab));
                    start = tab + 1;
                }
                cells.add(line.substring(start));
                rows.add(new Row(cells.get(0), cells.get(1), cells.get(2), cells.get(3), cells.get(4)));
            }
            return rows;
        }
    }

    private static boolean exists(Row row) throws ClassNotFoundException {
        int dot = row.ours().indexOf('.');
        String name = dot < 0 ? row.ours() : row.ours().substring(0, dot);
        Class<?> type = Class.forName("dev.yodel.webrtc." + name);
        if (dot < 0) {
            return type.getConstructors().length > 0;
        }
        String member = row.ours().substring(dot + 1);
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .anyMatch(constant -> ((Enum<?>) constant).name().equals(member)
                            && constant.toString().equals(row.member()));
        }
        return Arrays.stream(type.getMethods())
                .anyMatch(method -> method.getName().equals(member));
    }

    @Test
    void everyNameOfTheIdlIsThereOrLeftOutWithAReason() throws IOException, ClassNotFoundException {
        List<Row> rows = rows();
        List<Row> missing = new ArrayList<>();
        int present = 0;
        for (Row row : rows) {
            if (row.ours().equals("-")) {
                assertThat(row.why()).as(row.toString()).isNotBlank();
            } else if (exists(row)) {
                present++;
            } else {
                missing.add(row);
            }
        }
        assertThat(missing).isEmpty();
        assertThat(rows).doesNotHaveDuplicates().hasSizeGreaterThan(400);
        assertThat(present).isGreaterThan(355);
    }
}

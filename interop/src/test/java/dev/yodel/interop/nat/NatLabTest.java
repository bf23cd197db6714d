package dev.yodel.interop.nat;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes behind every pair of NATs, with coturn for the one and our own TURN server for the other, connect, and
 * by the path that RFC 4787 promises: {@code expected-paths.tsv}, written before the first run.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NatLabTest {
    private record Cell(NatLab.Kind natA, NatLab.Kind natB, NatLab.Families families, String path) {}

    @TempDir
    private Path folder;

    private NatLab lab;
    private LabProcess a;
    private LabProcess b;

    private static List<Cell> cells() throws IOException {
        final List<Cell> cells = new ArrayList<>();
        try (InputStream in = NatLabTest.class.getResourceAsStream("expected-paths.tsv")) {
            final String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                final String[] columns = line.split("\t", -1);
                cells.add(new Cell(
                        NatLab.Kind.valueOf(columns[0]),
                        NatLab.Kind.valueOf(columns[1]),
                        NatLab.Families.valueOf(columns[2]),
                        columns[3]));
            });
        }
        return cells;
    }

    @BeforeAll
    void build() throws Exception {
        lab = NatLab.create();
        a = LabProcess.start(lab, "a");
        b = LabProcess.start(lab, "b");
    }

    @AfterAll
    void tearDown() {
        Stream.of(a, b, lab).filter(Objects::nonNull).forEach(NatLabTest::close);
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void everyPairOfNatsConnectsByTheBestPath() throws Exception {
        final Map<Cell, String> seen = new LinkedHashMap<>();
        final List<String> wrong = new ArrayList<>();
        try (LabPrograms programs = new LabPrograms(lab, folder)) {
            programs.coturn(
                    "-L",
                    NatLab.COTURN,
                    "-L",
                    NatLab.COTURN6,
                    "--no-rfc5780",
                    "-a",
                    "-u",
                    "user:pass",
                    "-r",
                    "example.test");
            programs.yodel(
                    "own",
                    "inet",
                    "turn",
                    "--listen",
                    NatLab.OWN,
                    "--port",
                    "3478",
                    "--user",
                    "user:pass",
                    "--realm",
                    "example.test");
            programs.await("own", "ready;");
            try (LabProcess c = LabProcess.start(lab, "c")) {
                for (final Cell cell : cells()) {
                    lab.set(cell.natA(), cell.natB(), cell.families());
                    final String result = run(cell, a, cell.natA().isShared() ? c : b);
                    seen.put(cell, result);
                    System.out.printf(
                            "NAT lab: %-15s %-15s %-4s expected %-6s seen %s%n",
                            cell.natA(), cell.natB(), cell.families(), cell.path(), result);
                    if (!result.startsWith(cell.path() + " ")) {
                        wrong.add(cell + ": " + result);
                    }
                }
            }
        }
        assertThat(seen).hasSize(54);
        assertThat(wrong).as("of %d cells", seen.size()).isEmpty();
    }

    /**
     * A server in a container with {@code -p 40000:5000/udp}, a client behind the strictest NAT, and no STUN or TURN
     * server.
     */
    @Test
    void aServerInAContainerIsReachedByItsMappedPort() {
        lab.set(NatLab.Kind.PORT, NatLab.Kind.SYMMETRIC, NatLab.Families.IPV4);
        lab.mapPort("a", 40_000, 5000);
        a.forget();
        b.forget();
        LabCall.trickle(a, b);
        b.command("start", body -> {
            body.add("servers", new JsonArray());
            body.addProperty("offer", false);
        });
        b.await("waiting", 20);
        a.command("start", body -> {
            body.add("servers", new JsonArray());
            body.addProperty("offer", true);
            body.addProperty("port", 5000);
            body.addProperty("public", "203.0.113.1:40000");
        });
        LabCall.describe(a.await("description", 20), b);
        LabCall.describe(b.await("description", 20), a);
        a.await("connected", 40);
        b.await("connected", 40);
        assertThat(LabCall.ask(b, "pair").get("remote").getAsString()).contains(" 203.0.113.1 40000 typ srflx");
        assertThat(LabCall.ask(a, "pair").get("local").getAsString())
                .contains(" 203.0.113.1 40000 typ srflx ", " rport 5000");
        assertThat(LabCall.ask(a, "pair").get("remote").getAsString()).contains(" 203.0.113.2 ", " typ prflx");
        a.command("end", body -> {});
        b.command("end", body -> {});
        a.await("ended", 20);
        b.await("ended", 20);
    }

    private static JsonArray servers(String address) {
        final JsonArray servers = new JsonArray();
        servers.add("stun:" + address + ":3478");
        servers.add("turn:" + address + ":3478?transport=udp");
        servers.add("turn:" + address + ":3478?transport=tcp");
        return servers;
    }

    /** The path's class, both ends' candidate types, and how long it took. */
    private static String run(Cell cell, LabProcess a, LabProcess b) {
        a.forget();
        b.forget();
        LabCall.trickle(a, b);
        final boolean six = cell.families() == NatLab.Families.IPV6;
        try {
            b.command("start", body -> {
                body.add("servers", six ? servers("[" + NatLab.COTURN6 + "]") : servers(NatLab.OWN));
                body.addProperty("offer", false);
                if (cell.natA().isShared()) {
                    body.addProperty("ports", NatLab.PORTS_OF_C);
                }
            });
            b.await("waiting", 20);
            a.command("start", body -> {
                body.add("servers", six ? servers("[" + NatLab.COTURN6 + "]") : servers(NatLab.COTURN));
                body.addProperty("offer", true);
                if (cell.natA().isShared()) {
                    body.addProperty("ports", NatLab.PORTS_OF_A);
                }
            });
            final long began = System.nanoTime();
            LabCall.describe(a.await("description", 20), b);
            LabCall.describe(b.await("description", 20), a);
            a.await("connected", 40);
            b.await("connected", 40);
            final long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            return settle(cell, a, b) + " after " + millis + " ms";
        } catch (AssertionError e) {
            return "nothing (" + e.getMessage() + "; " + a.story() + "; " + b.story() + ")";
        } finally {
            a.onCandidate(event -> {});
            b.onCandidate(event -> {});
            a.command("end", body -> {});
            b.command("end", body -> {});
            a.await("ended", 20);
            b.await("ended", 20);
        }
    }

    /** A path that works first may give way to a better one; six seconds are enough for that. */
    private static String settle(Cell cell, LabProcess a, LabProcess b) {
        String result = "";
        for (int i = 0; i < 30 && !result.startsWith(cell.path() + " "); i++) {
            if (i > 0) {
                LockSupport.parkNanos(200_000_000);
            }
            final String atA = pair(a);
            final String atB = pair(b);
            final String types = atA + "/" + atB;
            final String path = types.contains("relay")
                    ? "relay"
                    : types.contains("srflx") || types.contains("prflx") ? "direct" : "host";
            result = path + " (a sees " + atA + ", b sees " + atB + ")";
        }
        return result;
    }

    private static String pair(LabProcess peer) {
        peer.command("pair", body -> {});
        final JsonObject pair = peer.await("pair", 20);
        return pair.has("local")
                ? type(pair.get("local").getAsString()) + "-"
                        + type(pair.get("remote").getAsString())
                : "none";
    }

    private static String type(String candidate) {
        final String mark = " typ ";
        final int at = candidate.indexOf(mark) + mark.length();
        final int end = candidate.indexOf(' ', at);
        return end < 0 ? candidate.substring(at) : candidate.substring(at, end);
    }
}

package dev.yodel.interop.nat;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code yodel call --stun} from behind two NATs, by a real coturn, and what it says of a server that is not there. */
class StunCallLabTest {
    private static final String NOBODY = "203.0.113.250:3478";

    @TempDir
    private Path folder;

    private static JsonObject last(String lines) {
        final List<String> all = lines.lines().toList();
        return JsonParser.parseString(all.get(all.size() - 1)).getAsJsonObject();
    }

    @Test
    void callsMeetByTheAddressesThatCoturnTells() throws Exception {
        try (NatLab lab = NatLab.create();
                LabPrograms programs = new LabPrograms(lab, folder)) {
            lab.set(NatLab.Kind.PORT, NatLab.Kind.PORT, NatLab.Families.IPV4);
            programs.coturn("--stun-only", "--no-rfc5780", "-L", NatLab.COTURN);
            programs.yodel("signal", "inet", "signal", "--listen", NatLab.OWN, "--port", "8080");
            final String room = "ws://" + NatLab.OWN + ":8080/lab";
            final String stun = NatLab.COTURN + ":3478";
            programs.await("signal", "8080");
            // The second server is nowhere: that is said, and harms nothing.
            final Process a = programs.yodel(
                    "a", "a", "call", room, "--send", "silence", "--stun", stun, "--stun", NOBODY, "--wait", "60");
            programs.await("a", "waiting for the other side");
            final Process b = programs.yodel(
                    "b",
                    "b",
                    "call",
                    room,
                    "--send",
                    "tone",
                    "--stun",
                    stun,
                    "--wait",
                    "60",
                    "--duration",
                    "12",
                    "--json");
            assertThat(b.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(a.waitFor(60, TimeUnit.SECONDS)).isTrue();
            final JsonObject result = last(programs.log("b"));
            assertThat(result.get("ok").getAsBoolean()).as(programs.log("b")).isTrue();
            // The path of either side is its own mapping, whether told by coturn first or by the other side's
            // check.
            assertThat(result.get("local").getAsString()).as(programs.log("b")).isIn("srflx", "prflx");
            assertThat(result.get("remote").getAsString()).as(programs.log("b")).isIn("srflx", "prflx");
            assertThat(result.get("packetsReceived").getAsLong()).isGreaterThan(50);
            assertThat(programs.log("a"))
                    .contains("stun:" + stun + ": this machine is 203.0.113.1 from outside")
                    .containsOnlyOnce("stun:" + NOBODY + ": the STUN server does not answer")
                    .contains("call over: the other side hung up");
        }
    }
}

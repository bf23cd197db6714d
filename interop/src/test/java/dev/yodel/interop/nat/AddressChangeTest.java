package dev.yodel.interop.nat;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The address of an interface is replaced during a call: sound comes back, by continual gathering or by a restart. */
class AddressChangeTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void F15_aCallSurvivesANewAddress(boolean restart) {
        try (NatLab lab = NatLab.create();
                LabProcess a = LabProcess.start(lab, "a");
                LabProcess b = LabProcess.start(lab, "b")) {
            lab.set(NatLab.Kind.NONE, NatLab.Kind.NONE, NatLab.Families.IPV4);
            LabCall.trickle(a, b);
            LabCall.connect(a, b, new JsonArray(), body -> {});
            a.command("sound", body -> {});
            b.command("sound", body -> {});
            LabCall.awaitPackets(b, 50);
            LabCall.awaitPackets(a, 50);
            LabCall.silenceMillis(a);
            LabCall.silenceMillis(b);
            lab.replaceAddress("a", "198.51.100.2", "198.51.100.77");
            final long changed = System.nanoTime();
            long restarted = changed;
            if (restart) {
                // What a W3C program does: a restart once the connection says that it is disconnected.
                for (JsonObject state = a.await("state", 30);
                        !state.get("state").getAsString().equals("disconnected");
                        state = a.await("state", 30)) {}
                restarted = System.nanoTime();
                a.command("restart", body -> {});
                LabCall.describe(a.await("description", 20), b);
                LabCall.describe(b.await("description", 20), a);
            }
            LabCall.awaitPackets(b, 50);
            LabCall.awaitPackets(a, 50);
            final long gapAtB = LabCall.silenceMillis(b);
            final long gapAtA = LabCall.silenceMillis(a);
            System.out.printf(
                    "address replaced, %s: silence of %d ms at the peer, %d ms at the one that moved; noticed after %d ms%n",
                    restart ? "restart" : "no restart", gapAtB, gapAtA, (restarted - changed) / 1_000_000);
            assertThat(gapAtB).as("what was there before was not counted").isGreaterThan(0);
            assertThat(a.story()).doesNotContain("failed");
        }
    }
}

package dev.yodel.interop.nat;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.yodel.interop.browser.Polling;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The address of an interface is replaced during a call: sound comes back, by continual gathering or by a restart. */
class AddressChangeTest {
    private static void hand(JsonObject candidate, LabProcess to) {
        to.command("candidate", body -> {
            body.add("candidate", candidate.get("candidate"));
            body.add("mid", candidate.get("mid"));
        });
    }

    private static void describe(JsonObject description, LabProcess to) {
        to.command("description", body -> {
            body.add("type", description.get("type"));
            body.add("sdp", description.get("sdp"));
        });
    }

    private static void start(LabProcess peer, boolean offer) {
        peer.command("start", body -> {
            body.add("servers", new JsonArray());
            body.addProperty("offer", offer);
        });
    }

    /** The longest one since the last time it was asked for. */
    private static long silenceMillis(LabProcess peer) {
        peer.command("silence", body -> {});
        return peer.await("silence", 20).get("gap").getAsLong();
    }

    private static int packets(LabProcess peer) {
        peer.command("packets", body -> {});
        return peer.await("packets", 20).get("packets").getAsInt();
    }

    private static void awaitPackets(LabProcess peer, int more) {
        final int before = packets(peer);
        Polling.until("sound", 60, () -> packets(peer) >= before + more ? true : null);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void F15_aCallSurvivesANewAddress(boolean restart) {
        try (NatLab lab = NatLab.create();
                LabProcess a = LabProcess.start(lab, "a");
                LabProcess b = LabProcess.start(lab, "b")) {
            lab.set(NatLab.Kind.NONE, NatLab.Kind.NONE, NatLab.Families.IPV4);
            a.onCandidate(event -> hand(event, b));
            b.onCandidate(event -> hand(event, a));
            start(b, false);
            b.await("waiting", 20);
            start(a, true);
            describe(a.await("description", 20), b);
            describe(b.await("description", 20), a);
            a.await("connected", 40);
            b.await("connected", 40);
            a.command("sound", body -> {});
            b.command("sound", body -> {});
            awaitPackets(b, 50);
            awaitPackets(a, 50);
            silenceMillis(a);
            silenceMillis(b);
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
                describe(a.await("description", 20), b);
                describe(b.await("description", 20), a);
            }
            awaitPackets(b, 50);
            awaitPackets(a, 50);
            final long gapAtB = silenceMillis(b);
            final long gapAtA = silenceMillis(a);
            System.out.printf(
                    "address replaced, %s: silence of %d ms at the peer, %d ms at the one that moved; noticed after %d ms%n",
                    restart ? "restart" : "no restart", gapAtB, gapAtA, (restarted - changed) / 1_000_000);
            assertThat(gapAtB).as("what was there before was not counted").isGreaterThan(0);
            assertThat(a.story()).doesNotContain("failed");
        }
    }
}

package dev.yodel.interop.nat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.yodel.interop.browser.Polling;
import java.util.function.Consumer;

/** A call between two processes of the lab: what their signaling carries, and what is asked of either end. */
final class LabCall {
    private LabCall() {}

    /** Candidates go to the other end as they come. */
    static void trickle(LabProcess a, LabProcess b) {
        a.onCandidate(event -> hand(event, b));
        b.onCandidate(event -> hand(event, a));
    }

    private static void hand(JsonObject candidate, LabProcess to) {
        to.command("candidate", body -> {
            body.add("candidate", candidate.get("candidate"));
            body.add("mid", candidate.get("mid"));
        });
    }

    static void describe(JsonObject description, LabProcess to) {
        to.command("description", body -> {
            body.add("type", description.get("type"));
            body.add("sdp", description.get("sdp"));
        });
    }

    /** A offers; both ends connect within 40 s. */
    static void connect(LabProcess a, LabProcess b, JsonArray servers, Consumer<JsonObject> more) {
        begin(b, false, servers, more);
        b.await("waiting", 20);
        begin(a, true, servers, more);
        describe(a.await("description", 20), b);
        describe(b.await("description", 20), a);
        a.await("connected", 40);
        b.await("connected", 40);
    }

    private static void begin(LabProcess peer, boolean offer, JsonArray servers, Consumer<JsonObject> more) {
        peer.command("start", body -> {
            body.add("servers", servers);
            body.addProperty("offer", offer);
            more.accept(body);
        });
    }

    static JsonObject ask(LabProcess peer, String what) {
        peer.command(what, body -> {});
        return peer.await(what, 20);
    }

    private static int packets(LabProcess peer) {
        return ask(peer, "packets").get("packets").getAsInt();
    }

    /** Sound goes on. */
    static void awaitPackets(LabProcess peer, int more) {
        final int before = packets(peer);
        Polling.until("sound", 60, () -> packets(peer) >= before + more ? true : null);
    }

    /** The longest one since the last time it was asked for. */
    static long silenceMillis(LabProcess peer) {
        return ask(peer, "silence").get("gap").getAsLong();
    }
}

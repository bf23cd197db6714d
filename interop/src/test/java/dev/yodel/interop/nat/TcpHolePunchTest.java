package dev.yodel.interop.nat;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hosts behind NATs that let no UDP through and keep out streams that nobody inside has asked for: without a relay they
 * meet by a TCP connection that both open at once (RFC 6544, tcptype so; RFC 9293 section 3.5), with the kernel's own TCP
 * and connection tracking. coturn tells what the NATs map.
 */
class TcpHolePunchTest {
    private static final int DELAY_MILLIS = 40;

    @TempDir
    private Path folder;

    private static final JsonArray SERVERS = new JsonArray();

    static {
        SERVERS.add("stun:" + NatLab.COTURN + ":3478");
    }

    private static long meet(LabProcess a, LabProcess b) {
        a.forget();
        b.forget();
        final long began = System.nanoTime();
        LabCall.connect(a, b, SERVERS, body -> body.addProperty("so", true));
        final long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        a.command("sound", body -> {});
        b.command("sound", body -> {});
        for (final LabProcess peer : new LabProcess[] {a, b}) {
            final JsonObject pair = LabCall.ask(peer, "pair");
            assertThat(pair.get("local").getAsString()).contains(" typ srflx ").contains("tcptype so");
            assertThat(pair.get("remote").getAsString()).contains(" typ srflx ").contains("tcptype so");
            LabCall.awaitPackets(peer, 10);
        }
        for (final LabProcess peer : new LabProcess[] {a, b}) {
            peer.command("end", body -> {});
            peer.await("ended", 20);
        }
        return millis;
    }

    @Test
    void twoHostsMeetByAConnectionThatBothOpen() throws Exception {
        try (NatLab lab = NatLab.create();
                LabPrograms programs = new LabPrograms(lab, folder)) {
            lab.set(NatLab.Kind.UDP_BLOCKED, NatLab.Kind.UDP_BLOCKED, NatLab.Families.IPV4);
            programs.coturn("--stun-only", "--no-rfc5780", "-L", NatLab.COTURN);
            try (LabProcess a = LabProcess.start(lab, "a");
                    LabProcess b = LabProcess.start(lab, "b")) {
                LabCall.trickle(a, b);
                System.out.printf(
                        "simultaneous open through two silent NATs: connected after %d and %d ms%n",
                        meet(a, b), meet(b, a));
                // Whoever is first is refused now, and has to try again.
                lab.refuseStreams("b");
                System.out.printf("the same where one NAT refuses strangers: connected after %d ms%n", meet(a, b));
                System.out.printf("the other way round: connected after %d ms%n", meet(b, a));
            }
        }
    }

    /** Each opening that meets none of the other end's is refused: the two have to be on their way at one time. */
    @Test
    @Tag("long")
    void theyMeetAlsoWhereBothNatsRefuse() throws Exception {
        try (NatLab lab = NatLab.create();
                LabPrograms programs = new LabPrograms(lab, folder)) {
            lab.set(NatLab.Kind.UDP_BLOCKED, NatLab.Kind.UDP_BLOCKED, NatLab.Families.IPV4);
            lab.refuseStreams("a");
            lab.refuseStreams("b");
            programs.delay(DELAY_MILLIS);
            programs.coturn("--stun-only", "--no-rfc5780", "-L", NatLab.COTURN);
            try (LabProcess a = LabProcess.start(lab, "a");
                    LabProcess b = LabProcess.start(lab, "b")) {
                LabCall.trickle(a, b);
                for (int i = 0; i < 5; i++) {
                    System.out.printf(
                            "simultaneous open through two NATs that refuse, %d ms between them: connected after %d and %d ms%n",
                            DELAY_MILLIS, meet(a, b), meet(b, a));
                }
            }
        }
    }
}

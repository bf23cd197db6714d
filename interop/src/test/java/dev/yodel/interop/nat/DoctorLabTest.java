package dev.yodel.interop.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code yodel doctor --stun} behind every kind of NAT, against coturn from host a and against our own server from host
 * b (RFC 5780): what it says is what stands there.
 */
class DoctorLabTest {
    @TempDir
    private Path folder;

    private static String[] expected(NatLab.Kind kind) {
        return switch (kind) {
            case NONE -> new String[] {"public address", "filter       none", "candidate    host"};
            case FULL_CONE ->
                new String[] {"endpoint-independent mapping", "endpoint-independent filtering", "candidate    srflx"};
            case ADDRESS ->
                new String[] {"endpoint-independent mapping", "address-dependent filtering", "candidate    srflx"};
            case PORT, DOUBLE ->
                new String[] {
                    "endpoint-independent mapping", "address- and port-dependent filtering", "candidate    srflx"
                };
            case SYMMETRIC ->
                new String[] {
                    "address- and port-dependent mapping", "address- and port-dependent filtering", "TURN server"
                };
            case UDP_BLOCKED -> new String[] {"blocked", "answers by TCP, but not by UDP", "TURN server over TCP"};
            case SHARED, SHARED_HAIRPIN, SHARED_ISOLATED ->
                throw new IllegalArgumentException("one NAT of two hosts is no kind of its own for one of them");
        };
    }

    /** Each takes about five seconds. */
    private static final List<NatLab.Kind> KINDS = Boolean.getBoolean("yodel.long")
            ? Stream.of(NatLab.Kind.values()).filter(kind -> !kind.isShared()).toList()
            : List.of(NatLab.Kind.SYMMETRIC, NatLab.Kind.UDP_BLOCKED);

    @Test
    void theDoctorRecognizesEveryNat() throws Exception {
        try (NatLab lab = NatLab.create();
                LabPrograms programs = new LabPrograms(lab, folder)) {
            programs.coturn(
                    "-L", NatLab.COTURN, "-L", NatLab.COTURN_SECOND, "-a", "-u", "user:pass", "-r", "example.test");
            programs.yodel(
                    "own",
                    "inet",
                    "turn",
                    "--listen",
                    NatLab.OWN,
                    "--listen",
                    NatLab.OWN_SECOND,
                    "--user",
                    "user:pass");
            programs.await("own", "ready;");
            assertThat(programs.log("own")).contains("NAT discovery (RFC 5780)");
            for (final NatLab.Kind kind : KINDS) {
                lab.set(kind, kind, NatLab.Families.IPV4);
                final Process a = programs.yodel("a" + kind, "a", "doctor", "--stun", NatLab.COTURN + ":3478");
                final Process b = programs.yodel("b" + kind, "b", "doctor", "--stun", NatLab.OWN + ":3478");
                assertThat(a.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(b.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(programs.log("a" + kind)).as("%s, by coturn", kind).contains(expected(kind));
                assertThat(programs.log("b" + kind))
                        .as("%s, by our server", kind)
                        .contains(expected(kind));
            }
        }
    }
}

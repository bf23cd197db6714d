package dev.yodel.dtls.bc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first flights of browsers, as they came from the wire: DTLS 1.3 offered, X25519MLKEM768, two datagrams each. */
class CapturedHelloTest {
    private static final List<String> BROWSERS = List.of("chromium-156", "firefox-153");

    private static byte[] datagram(String browser, int number) {
        String name = "/dtls/" + browser + "-client-hello-" + number + ".bin";
        try (InputStream in = CapturedHelloTest.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(name, e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"12", "21", "112", "1212", "2121", "2221", "1122"})
    void anyOrderOfTheFragmentsIsAnsweredOnce(String order) {
        for (String browser : BROWSERS) {
            HandshakePair pair = new HandshakePair();
            pair.server.start(DtlsRole.SERVER, pair.announcedByClient, 0, pair.now);
            for (int i = 0; i < order.length(); i++) {
                byte[] fragment = datagram(browser, order.charAt(i) - '0');
                pair.server.handleDatagram(fragment, 0, fragment.length, pair.now);
            }
            pair.settle();
            assertServerHello(browser + " " + order, pair);
        }
    }

    @Test
    void everyEarlyOrderIsAnsweredWhenItStarts() {
        for (String browser : BROWSERS) {
            HandshakePair pair = new HandshakePair();
            for (int number : new int[] {2, 1, 2, 1, 2, 1}) {
                byte[] fragment = datagram(browser, number);
                pair.server.handleDatagram(fragment, 0, fragment.length, pair.now);
            }
            pair.server.start(DtlsRole.SERVER, pair.announcedByClient, 0, pair.now);
            pair.settle();
            assertServerHello(browser, pair);
        }
    }

    private static void assertServerHello(String what, HandshakePair pair) {
        assertThat(pair.server.state()).as(what).isEqualTo(DtlsState.CONNECTING);
        assertThat(pair.fromServer).as(what).hasSize(1);
        byte[] flight = pair.fromServer.get(0);
        assertThat(Bytes.u8(flight, 13)).as(what).isEqualTo(2);
        assertThat(Bytes.u16(flight, 25)).as("version").isEqualTo(0xfefd);
        int sessionIdLength = Bytes.u8(flight, 25 + 2 + 32);
        assertThat(Bytes.u16(flight, 25 + 2 + 32 + 1 + sessionIdLength))
                .as("suite")
                .isEqualTo(0xc02b);
        assertThat(Bytes.hex(flight, 0, flight.length))
                .as("use_srtp AEAD_AES_128_GCM, extended master secret")
                .contains("000e0005000200" + "0700")
                .contains("00170000");
    }

    /** A half hello costs no worker, no answer and little memory, however often it comes. */
    @Test
    void D05_halfAHelloWaitsForTheOtherHalf() {
        HandshakePair pair = new HandshakePair();
        pair.server.start(DtlsRole.SERVER, pair.announcedByClient, 0, pair.now);
        for (int i = 0; i < 1000; i++) {
            byte[] fragment = datagram("chromium-156", 1);
            pair.server.handleDatagram(fragment, 0, fragment.length, pair.now);
        }
        pair.run(Time.SECOND);
        assertThat(pair.fromServer).isEmpty();
        byte[] fragment = datagram("chromium-156", 2);
        pair.server.handleDatagram(fragment, 0, fragment.length, pair.now);
        pair.settle();
        assertServerHello("after a thousand halves", pair);
    }
}

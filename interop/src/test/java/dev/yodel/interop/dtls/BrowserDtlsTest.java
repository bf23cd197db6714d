package dev.yodel.interop.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonPrimitive;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.interop.browser.BrowserPage;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import dev.yodel.io.Bytes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A browser's own DTLS, in both roles: the fragmented post-quantum hello, the keys, the certificate, the end. */
class BrowserDtlsTest {
    private static final String RAW_ADDRESSES = "--disable-features=WebRtcHideLocalIpsWithMdns";

    @Test
    void chromiumAsClient() throws Exception {
        try (Chromium page = Chromium.start(RAW_ADDRESSES)) {
            List<byte[]> hello = converse(page, DtlsRole.SERVER);
            assertThat(hello.size()).as("datagrams of the first flight").isGreaterThan(1);
            assertThat(Bytes.u16(hello.get(0), 1)).as("record version").isEqualTo(0xfeff);
        }
    }

    @Test
    void chromiumAsServer() throws Exception {
        try (Chromium page = Chromium.start(RAW_ADDRESSES)) {
            converse(page, DtlsRole.CLIENT);
        }
    }

    @Test
    void firefoxAsClient() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                Firefox page = firefox(namespace)) {
            converse(page, DtlsRole.SERVER);
        }
    }

    @Test
    void firefoxAsServer() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                Firefox page = firefox(namespace)) {
            converse(page, DtlsRole.CLIENT);
        }
    }

    private static Firefox firefox(NetworkNamespace namespace) {
        return Firefox.start(namespace, Map.of("media.peerconnection.ice.obfuscate_host_addresses", "false"));
    }

    /** Connects; gives back the datagrams that came until we had sent something. */
    private static List<byte[]> converse(BrowserPage page, DtlsRole ourRole) throws Exception {
        String offer = page.evaluate("(async () => {"
                        + "window.pc = new RTCPeerConnection();"
                        + "pc.createDataChannel('x');"
                        + "const all = new Promise(done => pc.onicecandidate = event => event.candidate || done());"
                        + "await pc.setLocalDescription(); await all; return pc.localDescription.sdp;"
                        + "})()")
                .getAsString();
        try (DtlsAnswerer answerer = new DtlsAnswerer(offer, ourRole)) {
            page.evaluate("pc.setRemoteDescription({type: 'answer', sdp: " + new JsonPrimitive(answerer.answer()) + "})"
                    + ".then(() => true)");
            DtlsEvent.Connected connected = answerer.awaitConnected();
            assertThat(connected.role()).isEqualTo(ourRole);
            assertThat(connected.cipher()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
            assertThat(connected.srtpProfile())
                    .isIn(DtlsOptions.SRTP_AEAD_AES_128_GCM, DtlsOptions.SRTP_AEAD_AES_256_GCM, 1, 0);
            String state = page.evaluate("new Promise(done => {"
                            + "const dtls = pc.sctp.transport;"
                            + "const look = () => dtls.state === 'connected' ? done(dtls.state) : setTimeout(look, 20);"
                            + "look();"
                            + "})")
                    .getAsString();
            assertThat(state).isEqualTo("connected");
            // The page's SCTP INIT is the first application data: the browser's records open with our keys.
            assertThat(answerer.awaitApplicationData()).startsWith(Bytes.fromHex("1388" + "1388"));
            page.evaluate("pc.close()");
            answerer.awaitClosed();
            return answerer.firstFlight();
        }
    }
}

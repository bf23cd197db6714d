package dev.yodel.interop.call;

import dev.yodel.interop.browser.Chromium;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Chromium as a telephone: RFC 3551's codecs, RFC 4733's keys. */
class ChromiumTelephonyTest {
    @Test
    void codecsAndKeysBothWays() throws Exception {
        try (Chromium page = Chromium.start("--autoplay-policy=no-user-gesture-required");
                TelephonyCheck check = new TelephonyCheck(page, false, EchoCheck.randomHz())) {
            check.call("PCMU", true);
            check.call("G722", false);
        }
    }

    @Test
    @Tag("long")
    void furtherCodecsAndKeys() throws Exception {
        try (Chromium page = Chromium.start("--autoplay-policy=no-user-gesture-required");
                TelephonyCheck check = new TelephonyCheck(page, false, EchoCheck.randomHz())) {
            check.call("PCMA", true);
            check.call("opus", true);
        }
    }
}

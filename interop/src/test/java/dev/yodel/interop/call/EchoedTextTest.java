package dev.yodel.interop.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Polling;
import org.junit.jupiter.api.Test;

/** What is written on the echo bot's page comes back from the bot on a data channel. */
final class EchoedTextTest {
    @Test
    void textComesBackDuringTheCall() throws Exception {
        try (EchoCheck check = new EchoCheck("localhost");
                Chromium page = Chromium.start()) {
            check.open(page);
            page.evaluate("void (document.getElementById('source').value = 'tone')");
            page.evaluate("document.getElementById('call').click()");
            Polling.until(
                    "the channel",
                    60,
                    () -> page.evaluate("!document.getElementById('text').disabled")
                                    .getAsBoolean()
                            ? true
                            : null);
            page.evaluate("void (document.getElementById('text').value = 'caf\u00e9 \u20ac')");
            page.evaluate("document.getElementById('write').requestSubmit()");
            String echo = Polling.until("the echo", 60, () -> {
                String text = page.evaluate("document.getElementById('texts').textContent")
                        .getAsString();
                return text.isEmpty() ? null : text;
            });
            assertThat(echo).isEqualTo("caf\u00e9 \u20ac");
            page.evaluate("document.getElementById('hangup').click()");
        }
    }
}

package dev.yodel.interop.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.yodel.examples.audio.Clip;
import dev.yodel.examples.audio.Recording;
import dev.yodel.examples.audio.Spectrum;
import dev.yodel.examples.serve.EchoBot;
import dev.yodel.examples.signal.SignalMessage;
import dev.yodel.interop.browser.Polling;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** aiortc calls the echo bot, in both roles: its tone comes back to it and lies in our recording. */
class AiortcCallTest {
    /** The bot's end of a signaling channel that is two pipes. */
    private static final class Signals implements EchoBot.Listener {
        private final BlockingQueue<SignalMessage> out = new LinkedBlockingQueue<>();
        private final List<ConnectionState> states = new CopyOnWriteArrayList<>();

        @Override
        public void onSignal(SignalMessage message) {
            out.add(message);
        }

        @Override
        public void onState(ConnectionState state) {
            states.add(state);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"offer", "answer"})
    void toneComesBack(String role) throws Exception {
        final int hz = EchoCheck.randomHz();
        final Signals signals = new Signals();
        final Recording.Collector heard = new Recording.Collector(48_000);
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                EchoBot bot = new EchoBot(factory, Configuration.DEFAULT, signals);
                AiortcPeer peer = AiortcPeer.start(role, hz)) {
            bot.onHeard(frame -> heard.add(frame.samples(), frame.channels(), 0, frame.concealed()));
            if (role.equals("answer")) {
                bot.offer();
                peer.say(wholeDescription(bot, signals));
            }
            final JsonObject theirs = peer.await("a description", message -> message.has("sdp"));
            bot.receive(new SignalMessage.Description(
                    theirs.get("type").getAsString(), theirs.get("sdp").getAsString()));
            if (role.equals("offer")) {
                peer.say(wholeDescription(bot, signals));
            }
            final JsonObject echo = peer.await(
                    "the echo of " + hz + " Hz",
                    message -> message.has("hertz")
                            && Math.abs(message.get("hertz").getAsDouble() - hz) < 3
                            && message.get("level").getAsDouble() > 500);
            assertThat(echo.get("hertz").getAsDouble()).isCloseTo(hz, within(3.0));
            Polling.until(
                    "a second of recording",
                    10,
                    () -> heard.recording().clip().samples().length >= 48_000 ? true : null);
            final Clip clip = heard.recording().clip();
            assertThat(Spectrum.strongestHz(clip, clip.samples().length - 48_000, 48_000))
                    .as("our recording, states %s, aiortc %s", signals.states, peer.story())
                    .isCloseTo(hz, within(3.0));
            bot.hangUp();
            peer.await(
                    "our hang-up",
                    message -> message.has("ended")
                            || (message.has("state")
                                    && !message.get("state").getAsString().startsWith("connect")));
        }
    }

    /** aiortc trickles nothing, so it gets a description that holds all candidates. */
    private static JsonObject wholeDescription(EchoBot bot, Signals signals) throws InterruptedException {
        while (true) {
            final SignalMessage message = signals.out.poll(20, TimeUnit.SECONDS);
            assertThat(message).as("the bot's last candidate").isNotNull();
            assertThat(message).isNotInstanceOf(SignalMessage.Failure.class);
            if (message instanceof SignalMessage.EndOfCandidates) {
                final var description = bot.connection().localDescription();
                assertThat(description).isNotNull();
                final JsonObject json = new JsonObject();
                json.addProperty("type", description.type().toString());
                json.addProperty("sdp", description.sdp());
                return json;
            }
        }
    }
}

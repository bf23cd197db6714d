package dev.yodel.ice.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MdnsCoreTest {
    private static final String NAME = "4fb2c1d0-0000-4000-8000-1234567890ab.local";
    private static final InetSocketAddress RESPONDER = new InetSocketAddress(address("10.0.0.9"), MdnsCore.PORT);

    private final MdnsCore core = new MdnsCore();

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void feed(MdnsCore to, byte[] data, InetSocketAddress from, long now) {
        to.handleDatagram(data, 0, data.length, from, now);
    }

    private static List<byte[]> drain(MdnsCore from) {
        List<byte[]> all = new ArrayList<>();
        MdnsCore.Transmit transmit = from.pollTransmit();
        while (transmit != null) {
            all.add(transmit.data());
            transmit = from.pollTransmit();
        }
        return all;
    }

    @Test
    void aPublishedNameIsResolved() {
        MdnsCore responder = new MdnsCore();
        responder.publish(NAME, address("2001:db8::5"), 0);
        assertThat(drain(responder)).hasSize(1);
        core.resolve(7, NAME.toUpperCase(java.util.Locale.ROOT).replace(".LOCAL", ".local"), 0);
        for (byte[] query : drain(core)) {
            feed(responder, query, RESPONDER, 0);
        }
        for (byte[] response : drain(responder)) {
            feed(core, response, RESPONDER, 0);
        }
        assertThat(core.pollResolved()).isEqualTo(new MdnsCore.Resolved(7, List.of(address("2001:db8::5"))));
        assertThat(core.isBusy()).isFalse();
        core.resolve(8, NAME, 10 * Time.SECOND);
        assertThat(core.pollResolved()).as("from the cache").isNotNull();
        assertThat(core.pollTransmit()).isNull();
    }

    @Test
    void I15_nobodyAnswers() {
        core.resolve(1, NAME, 0);
        int queries = 0;
        long now = 0;
        while (core.pollResolved() == null) {
            queries += drain(core).size();
            now = core.nextTimeout();
            core.handleTimeout(now);
        }
        assertThat(now).isEqualTo(Time.SECOND);
        assertThat(queries).isEqualTo(3);
        assertThat(core.nextTimeout()).isEqualTo(Time.NEVER);
    }

    @Test
    void I15_atMost16NamesAreAskedForAtOnce() {
        for (int i = 0; i < 4_000; i++) {
            core.resolve(i, String.format("%08x-0000-4000-8000-1234567890ab.local", i), 0);
        }
        int answered = 0;
        long now = 0;
        while (core.isBusy()) {
            assertThat(core.activeCount()).isLessThanOrEqualTo(MdnsCore.MAX_ACTIVE);
            drain(core);
            while (core.pollResolved() != null) {
                answered++;
            }
            now = Math.max(now + 1, core.nextTimeout());
            core.handleTimeout(now);
        }
        while (core.pollResolved() != null) {
            answered++;
        }
        assertThat(answered).isEqualTo(4_000);
    }

    @Test
    void I15_onlyUuidNamesAreAskedFor() {
        for (String name : List.of(
                "printer.local",
                "4fb2c1d0-0000-4000-8000-1234567890ab.example",
                "router",
                "a." + NAME,
                NAME + ".",
                "4fb2c1d0-0000-4000-8000-1234567890aX.local")) {
            core.resolve(1, name, 0);
            assertThat(Objects.requireNonNull(core.pollResolved()).addresses())
                    .as(name)
                    .isEmpty();
            assertThat(core.pollTransmit()).as(name).isNull();
        }
    }

    @Test
    void I15_aResponseFromAnotherPortIsIgnored() {
        core.resolve(1, NAME, 0);
        byte[] response = MdnsMessage.response(0, NAME, address("10.0.0.1"), 120, true);
        feed(core, response, new InetSocketAddress(address("10.0.0.9"), 40000), 0);
        assertThat(core.pollResolved()).isNull();
    }

    @Test
    void aGoodbyeIsForgotten() {
        feed(core, MdnsMessage.response(0, NAME, address("10.0.0.1"), 120, true), RESPONDER, 0);
        feed(core, MdnsMessage.response(0, NAME, address("10.0.0.1"), 0, true), RESPONDER, 0);
        core.resolve(1, NAME, 1);
        assertThat(core.pollResolved()).isNull();
    }

    @Test
    void aLegacyQueryIsAnsweredToItsSender() {
        core.publish(NAME, address("10.0.0.1"), 0);
        drain(core);
        InetSocketAddress plain = new InetSocketAddress(address("10.0.0.9"), 40000);
        byte[] query = MdnsMessage.query(List.of(NAME));
        query[1] = 77;
        feed(core, query, plain, 0);
        MdnsCore.Transmit answer = Objects.requireNonNull(core.pollTransmit());
        assertThat(answer.to()).isEqualTo(plain);
        MdnsMessage message = Objects.requireNonNull(MdnsMessage.parse(answer.data(), 0, answer.data().length));
        assertThat(message.id()).isEqualTo(77);
        assertThat(message.answers()).hasSize(1);
    }

    @Test
    void I15_noBytesMakeItThrow() {
        byte[][] seeds = {
            MdnsMessage.query(List.of(NAME)), MdnsMessage.response(0, NAME, address("2001:db8::5"), 120, true)
        };
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] data = seeds[seed % 2].clone();
            for (int change = random.nextInt(6); change >= 0; change--) {
                data[random.nextInt(data.length)] = (byte) random.nextInt();
            }
            byte[] cut = Arrays.copyOf(data, random.nextInt(data.length + 1));
            try {
                feed(core, cut, RESPONDER, 0);
                MdnsMessage.parse(data, 0, data.length);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void I15_pointersThatLoopAreRefused() {
        byte[] loop = new byte[12 + 2 + 4];
        loop[5] = 1;
        loop[12] = (byte) 0xC0;
        loop[13] = 12;
        assertThat(MdnsMessage.parse(loop, 0, loop.length)).isNull();
    }
}

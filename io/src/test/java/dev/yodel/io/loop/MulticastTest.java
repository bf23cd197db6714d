package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Loop;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.SendResult;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class MulticastTest {
    /** A group of the range for tests and documentation, RFC 6676. */
    private static final String GROUP = "233.252.0.77";

    private final NioEnvironment environment =
            NioEnvironment.builder().loops(2).name("multicast").start();
    private final BlockingQueue<String> got = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        environment.close();
    }

    private static <T> T on(Loop loop, Callable<T> work) throws Exception {
        return LoopCalls.on(loop, work);
    }

    private UdpPort join(int loopIndex, NetworkAddress on, int port) throws Exception {
        Loop loop = environment.loops().get(loopIndex);
        InetSocketAddress group = new InetSocketAddress(InetAddress.getByName(GROUP), port);
        return on(
                loop,
                () -> loop.openMulticast(
                        group, on, datagram -> got.add(loopIndex + " " + datagram.length + " " + datagram.local)));
    }

    /** Two sockets of one machine share the port and both hear what one sends, on each interface that can. */
    @Test
    void socketsOfOnePortHearTheGroupOnTheirInterface() throws Exception {
        List<NetworkAddress> capable = environment.networkAddresses().stream()
                .filter(address -> address.multicast() && address.address() instanceof Inet4Address)
                .toList();
        for (NetworkAddress each : capable) {
            UdpPort first = join(0, each, 0);
            int port = first.localAddress().getPort();
            UdpPort second = join(1, each, port);
            assertThat(first.localAddress().getAddress()).isEqualTo(each.address());
            SendResult result = on(
                    environment.loops().get(0),
                    () -> first.send(new byte[33], 0, 33, new InetSocketAddress(GROUP, port)));
            if (result == SendResult.REFUSED) {
                // An interface without a route for multicast: nothing to hear.
                continue;
            }
            assertThat(List.of(take(), take()))
                    .containsExactlyInAnyOrder("0 33 " + first.localAddress(), "1 33 " + second.localAddress());
        }
    }

    private String take() throws InterruptedException {
        return String.valueOf(got.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void aMissingInterfaceOrAUnicastGroupIsTold() {
        NetworkAddress gone =
                new NetworkAddress("gone0", 99_999, InetAddress.getLoopbackAddress(), 8, false, false, true);
        assertThatThrownBy(() -> join(0, gone, 5353)).hasRootCauseInstanceOf(IOException.class);
        Loop loop = environment.loops().get(0);
        assertThatThrownBy(() -> on(
                        loop,
                        () -> loop.openMulticast(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 5), gone, datagram -> {})))
                .hasRootCauseInstanceOf(IllegalArgumentException.class);
    }
}

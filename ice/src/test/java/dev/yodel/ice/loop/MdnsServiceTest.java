package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.yodel.ice.mdns.MdnsCore;
import dev.yodel.io.Loop;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.loop.NioEnvironment;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Two services on one machine, over real multicast. */
class MdnsServiceTest {
    @Test
    void aNameIsFoundOverRealMulticast() throws Exception {
        try (NioEnvironment environment = NioEnvironment.builder().loops(1).start()) {
            boolean multicast = environment.networkAddresses().stream()
                    .anyMatch(address -> address.multicast() && !address.loopback());
            assumeTrue(multicast, "no interface of this machine can do multicast");
            NetworkAddress own = environment.networkAddresses().stream()
                    .filter(address -> !address.loopback())
                    .findFirst()
                    .orElseThrow();
            Loop loop = environment.loops().get(0);
            String name = MdnsCore.newName(environment.random());
            try (MdnsService responder = new MdnsService(environment, loop);
                    MdnsService asker = new MdnsService(environment, loop)) {
                responder.publish(name, own.address());
                BlockingQueue<List<InetAddress>> answers = new LinkedBlockingQueue<>();
                asker.resolve(name, loop, answers::add);
                List<InetAddress> answer = answers.poll(10, TimeUnit.SECONDS);
                assertThat(answer).isNotNull();
                assertThat(answer).hasSize(1);
                assertThat(answer.get(0).getAddress()).isEqualTo(own.address().getAddress());
                asker.resolve("4fb2c1d0-0000-4000-8000-1234567890ab.local", loop, answers::add);
                assertThat(answers.poll(10, TimeUnit.SECONDS)).isEmpty();
            }
        }
    }
}

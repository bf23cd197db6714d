package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Datagram;
import dev.yodel.io.UdpPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AddressTableTest {
    private static final class Nobody implements UdpPort.Receiver {
        @Override
        public void onDatagram(Datagram datagram) {}
    }

    private static InetSocketAddress address(int number) throws UnknownHostException {
        byte[] bytes = new byte[number % 3 == 0 ? 16 : 4];
        bytes[0] = number % 3 == 0 ? (byte) 0x20 : (byte) 203;
        bytes[bytes.length - 1] = (byte) (number / 7);
        return new InetSocketAddress(InetAddress.getByAddress(bytes), 1 + number % 7 * 9000);
    }

    /** Known senders, unknown ones and some twice, of IPv4 and IPv6, in tables of both widths. */
    @Test
    void thoseThatAreLookedUpTogetherAreFoundAsOneByOne() throws UnknownHostException {
        InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            AddressTable<Integer> table = new AddressTable<>();
            int step = seed % 2 == 0 ? 1 : 3; // Every third address is one of IPv6, or none is.
            int known = random.nextInt(200);
            for (int i = 0; i < known; i++) {
                table.put(address(step * random.nextInt(200) + step / 3), i, new Nobody());
            }
            Datagram[] datagrams = new Datagram[64];
            for (int i = 0; i < datagrams.length; i++) {
                datagrams[i] = new Datagram(new byte[0], 0, 0, local, address(random.nextInt(700)), 0);
            }
            int from = random.nextInt(datagrams.length);
            int to = from + random.nextInt(datagrams.length - from + 1);
            int[] places = new int[datagrams.length];
            table.findAll(datagrams, from, to, places);
            for (int i = from; i < to; i++) {
                assertThat(places[i - from]).as("seed %d", seed).isEqualTo(table.find(datagrams[i].remote));
            }
        }
    }

    @Test
    void randomStepsAgreeWithAMap() throws UnknownHostException {
        for (int seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            AddressTable<Integer> table = new AddressTable<>();
            Map<Integer, UdpPort.Receiver> receivers = new HashMap<>();
            Map<InetSocketAddress, Integer> map = new HashMap<>();
            Map<InetSocketAddress, List<Integer>> counted = new HashMap<>();
            for (int step = 0; step < 5_000; step++) {
                InetSocketAddress address = address(random.nextInt(700));
                switch (random.nextInt(5)) {
                    case 0, 1 -> {
                        UdpPort.Receiver receiver = new Nobody();
                        receivers.put(step, receiver);
                        assertThat(table.put(address, step, receiver))
                                .as("seed %d", seed)
                                .isEqualTo(map.put(address, step));
                    }
                    case 2 -> {
                        assertThat(table.remove(address)).as("seed %d", seed).isEqualTo(map.remove(address));
                        counted.remove(address);
                    }
                    default -> {
                        int place = table.find(address);
                        assertThat(place < 0 ? null : table.valueAt(place))
                                .as("seed %d", seed)
                                .isEqualTo(map.get(address));
                        if (place >= 0) {
                            assertThat(table.receiverAt(place)).isSameAs(receivers.get(table.valueAt(place)));
                            List<Integer> lengths = counted.computeIfAbsent(address, unseen -> new ArrayList<>());
                            table.count(place, step, 7 + step);
                            lengths.add(step);
                            assertThat(table.packetsAt(place)).isEqualTo(lengths.size());
                            assertThat(table.bytesAt(place))
                                    .isEqualTo(lengths.stream()
                                            .mapToLong(Integer::longValue)
                                            .sum());
                            assertThat(table.lastAt(place)).isEqualTo(7 + step);
                            if (step % 16 == 0) {
                                table.clearCounts(place);
                                counted.remove(address);
                            }
                        }
                    }
                }
                assertThat(table.size()).isEqualTo(map.size());
            }
        }
    }

    @Test
    void addressesThatDifferInOneBitAreOthers() throws UnknownHostException {
        AddressTable<String> table = new AddressTable<>();
        List<InetSocketAddress> put = new ArrayList<>();
        for (int length : new int[] {4, 16}) {
            byte[] bytes = new byte[length];
            bytes[0] = 0x20;
            put.add(new InetSocketAddress(InetAddress.getByAddress(bytes), 4096));
            for (int bit = 0; bit < 8 * length; bit++) {
                byte[] other = bytes.clone();
                other[bit / 8] ^= (byte) (1 << bit % 8);
                put.add(new InetSocketAddress(InetAddress.getByAddress(other), 4096));
            }
            for (int bit = 0; bit < 16; bit++) {
                put.add(new InetSocketAddress(InetAddress.getByAddress(bytes), 4096 ^ 1 << bit));
            }
        }
        for (InetSocketAddress address : put) {
            assertThat(table.find(address)).as("%s", address).isEqualTo(-1);
            table.put(address, address.toString(), new Nobody());
        }
        for (InetSocketAddress address : put) {
            assertThat(table.valueAt(table.find(address))).isEqualTo(address.toString());
        }
        assertThat(table.size()).isEqualTo(put.size());
    }
}

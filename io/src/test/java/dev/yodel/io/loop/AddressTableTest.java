package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;

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
    private static InetSocketAddress address(int number) throws UnknownHostException {
        byte[] bytes = new byte[number % 3 == 0 ? 16 : 4];
        bytes[0] = number % 3 == 0 ? (byte) 0x20 : (byte) 203;
        bytes[bytes.length - 1] = (byte) (number / 7);
        return new InetSocketAddress(InetAddress.getByAddress(bytes), 1 + number % 7 * 9000);
    }

    @Test
    void randomStepsAgreeWithAMap() throws UnknownHostException {
        for (int seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            AddressTable<Integer, Integer> table = new AddressTable<>();
            Map<InetSocketAddress, Integer> map = new HashMap<>();
            for (int step = 0; step < 5_000; step++) {
                InetSocketAddress address = address(random.nextInt(700));
                switch (random.nextInt(5)) {
                    case 0, 1 ->
                        assertThat(table.put(address, step, -step))
                                .as("seed %d", seed)
                                .isEqualTo(map.put(address, step));
                    case 2 ->
                        assertThat(table.remove(address)).as("seed %d", seed).isEqualTo(map.remove(address));
                    default -> {
                        int place = table.find(address);
                        assertThat(place < 0 ? null : table.valueAt(place))
                                .as("seed %d", seed)
                                .isEqualTo(map.get(address));
                        if (place >= 0) {
                            assertThat(table.handlerAt(place)).isEqualTo(-table.valueAt(place));
                        }
                    }
                }
                assertThat(table.size()).isEqualTo(map.size());
            }
        }
    }

    @Test
    void anAddressIsFoundAsTheObjectThatWasPut() throws UnknownHostException {
        AddressTable<String, Integer> table = new AddressTable<>();
        List<InetSocketAddress> put = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            put.add(address(i));
            table.put(put.get(i), "x" + i, i);
        }
        for (int i = 0; i < 300; i++) {
            int place = table.find(address(i));
            assertThat(table.addressAt(place)).isSameAs(put.get(i));
            assertThat(table.valueAt(place)).isEqualTo("x" + i);
            assertThat(table.handlerAt(place)).isEqualTo(i);
        }
        assertThat(table.find(new InetSocketAddress(InetAddress.getByName("198.51.100.9"), 9)))
                .isEqualTo(-1);
    }
}

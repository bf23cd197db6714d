package dev.yodel.examples.rooms;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The directory of one process. Any thread. */
public final class LocalRoomDirectory implements RoomDirectory {
    private final int maxRooms;
    private final BiConsumer<String, String> opener;
    private final Map<String, String> addresses = new HashMap<>();
    private long opened;

    /**
     * A directory without rooms.
     *
     * @param maxRooms how many there may be
     * @param opener makes a room of a name that listens at an address; called before anybody is told of it
     */
    public LocalRoomDirectory(int maxRooms, BiConsumer<String, String> opener) {
        this.maxRooms = maxRooms;
        this.opener = opener;
    }

    @Override
    public synchronized @Nullable String open(String name) {
        final String known = addresses.get(name);
        if (known != null) {
            return known;
        }
        if (addresses.size() >= maxRooms) {
            return null;
        }
        // A number, so that what was meant for a room that is over does not reach the next one of its name.
        final String address = "room/" + name + "/" + ++opened;
        opener.accept(name, address);
        addresses.put(name, address);
        return address;
    }

    @Override
    public synchronized @Nullable String find(String name) {
        return addresses.get(name);
    }

    @Override
    public synchronized void closed(String name, String address) {
        addresses.remove(name, address);
    }

    @Override
    public synchronized Collection<String> names() {
        return List.copyOf(addresses.keySet());
    }
}

package dev.yodel.examples.rooms;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Knows where each room is held: its address on the {@link SignalBus}. In one process rooms are made here on demand
 * ({@link LocalRoomDirectory}); over several machines the directory says which one holds the room. Any thread.
 */
public interface RoomDirectory {
    /**
     * Finds a room, and has one opened if there is none.
     *
     * @param name as {@code Rooms.isRoomName} allows
     * @return the room's address on the bus; null if no further room may be opened
     */
    @Nullable
    String open(String name);

    /**
     * Finds a room that is open.
     *
     * @param name as {@code Rooms.isRoomName} allows
     * @return the room's address on the bus; null if there is none
     */
    @Nullable
    String find(String name);

    /**
     * A room is over.
     *
     * @param name its name
     * @param address the address that {@link #open} gave, so that a new room of the same name stays
     */
    void closed(String name, String address);

    /**
     * The rooms there are.
     *
     * @return their names
     */
    Collection<String> names();
}

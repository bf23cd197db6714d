package dev.yodel.examples.rooms;

/**
 * What a server lets people do at the most.
 *
 * @param rooms rooms at a time
 * @param participants people of one room
 * @param perAddress WebSockets from one network address at a time
 * @param joinsPerSecond WebSockets that one address may open in a second, after a first burst of four times as many
 * @param videos of how many people one receiver gets sound and picture: those who spoke last
 * @param viewerBps bits per second that one receiver is sent at the most
 */
public record RoomLimits(int rooms, int participants, int perAddress, int joinsPerSecond, int videos, long viewerBps) {
    /** 1,000 rooms of 100; 100 from one address, 10 a second; the last 16 who spoke; 20 Mbit/s. */
    public static final RoomLimits DEFAULT = new RoomLimits(1_000, 100, 100, 10, 16, 20_000_000);

    /**
     * Makes limits.
     *
     * @param rooms rooms at a time
     * @param participants people of one room
     * @param perAddress WebSockets from one address
     * @param joinsPerSecond WebSockets that one address opens in a second
     * @param videos of how many people one receiver gets sound and picture
     * @param viewerBps bits per second that one receiver is sent at the most
     */
    public RoomLimits {
        if (rooms < 1
                || participants < 1
                || perAddress < 1
                || joinsPerSecond < 1
                || videos < 1
                || viewerBps < 100_000) {
            throw new IllegalArgumentException("limits are 1 and more, and a receiver needs 100 kbit/s");
        }
    }
}

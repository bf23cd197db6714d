package dev.yodel.examples.rooms;

import java.util.function.LongSupplier;

/**
 * One figure of a conference server, for whichever monitor. Any thread.
 *
 * @param name lower case, words joined by underscores
 * @param words what it is, for people
 * @param counter whether it only grows; else it goes up and down
 * @param value now
 */
public record RoomMeter(String name, String words, boolean counter, LongSupplier value) {}

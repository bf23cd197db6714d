package dev.yodel.examples.rooms;

/**
 * Something that is shown on a tile of its own: a person with voice and camera, or a person's screen.
 *
 * @param person whose
 * @param screen whether it is the screen
 */
record SourceId(String person, boolean screen) {
    /** As pages name it. */
    String key() {
        return screen ? person + "/screen" : person;
    }

    @Override
    public String toString() {
        return key();
    }
}

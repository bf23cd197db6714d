package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.List;

/**
 * Composes an {@link Sdp}; mutable, for one thread. Attributes stand in the order they were added.
 *
 * <p>Every method refuses by IllegalArgumentException what could not be read back as the same thing.
 */
public final class SdpBuilder {
    private static final String ORDER = "vosiuepcbtrzka";

    private final LineListBuilder lines;
    private final List<MediaSection> media = new ArrayList<>();

    SdpBuilder(Origin origin) {
        this.lines = new LineListBuilder(
                ORDER,
                List.of(
                        SdpLine.of('v', "0"),
                        SdpLine.of('o', origin.text()),
                        SdpLine.of('s', "-"),
                        SdpLine.of('t', "0 0")));
    }

    SdpBuilder(Sdp sdp) {
        this.lines = new LineListBuilder(ORDER, sdp.lines());
        this.media.addAll(sdp.media());
    }

    /**
     * Sets the origin.
     *
     * @param origin who makes the session, and the version of this description
     * @return this
     */
    public SdpBuilder origin(Origin origin) {
        lines.replace(SdpLine.of('o', origin.text()));
        return this;
    }

    /**
     * Sets the session's name.
     *
     * @param name the name; {@code -} for none
     * @return this
     */
    public SdpBuilder sessionName(String name) {
        lines.replace(SdpLine.of('s', name));
        return this;
    }

    /**
     * Adds an attribute behind those of the session level.
     *
     * @param attribute the attribute
     * @return this
     */
    public SdpBuilder add(Attribute attribute) {
        lines.add(SdpLine.of(attribute));
        return this;
    }

    /**
     * Puts an attribute in the place of those of its kind (its type; its name for flags and unknown ones), or behind
     * the others if there is none.
     *
     * @param attribute the attribute
     * @return this
     */
    public SdpBuilder replace(Attribute attribute) {
        lines.replace(SdpLine.of(attribute));
        return this;
    }

    /**
     * Adds a line that is no attribute to the session level.
     *
     * @param letter one of {@code i}, {@code u}, {@code e}, {@code p}, {@code c}, {@code b}, {@code t}, {@code r},
     *     {@code z} and {@code k}
     * @param value its text
     * @return this
     */
    public SdpBuilder line(char letter, String value) {
        lines.add(SdpLine.of(letter, value));
        return this;
    }

    /**
     * Removes the session level's attributes of a type.
     *
     * @param attributeType the type
     * @return this
     */
    public SdpBuilder removeAll(Class<? extends Attribute> attributeType) {
        lines.removeAll(attributeType);
        return this;
    }

    /**
     * Adds a media section behind the others.
     *
     * @param section the section
     * @return this
     */
    public SdpBuilder media(MediaSection section) {
        media.add(section);
        return this;
    }

    /**
     * Puts a media section in the place of another.
     *
     * @param index the place, counted from 0
     * @param section the section
     * @return this
     */
    public SdpBuilder media(int index, MediaSection section) {
        media.set(index, section);
        return this;
    }

    /**
     * The description so far, read back once to be sure that the peer will read the same.
     *
     * @return an immutable description
     * @throws IllegalArgumentException if its text would not be read back as equal; the message names the line
     */
    public Sdp build() {
        StringBuilder text = new StringBuilder();
        SdpWriter.write(lines.lines(), text);
        media.forEach(section -> SdpWriter.write(section, text));
        try {
            Sdp read = SdpParser.parse(text.toString());
            if (!read.lines().equals(lines.lines()) || !read.media().equals(media)) {
                throw Grammar.bad("the description would not be read back as equal");
            }
            return read;
        } catch (SdpParseException e) {
            throw new IllegalArgumentException("the description would not be read back: " + e.getMessage(), e);
        }
    }
}

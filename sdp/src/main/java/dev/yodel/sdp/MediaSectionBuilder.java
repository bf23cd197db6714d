package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.List;

/**
 * Composes a {@link MediaSection}; mutable, for one thread. Attributes stand in the order they were added.
 *
 * <p>Every method refuses by IllegalArgumentException what could not be read back as the same thing: CR, LF, NUL, white
 * space in identifiers, numbers out of range.
 */
public final class MediaSectionBuilder {
    private static final String ORDER = "icbka";

    private final String type;
    private String protocol;
    private int port = 9;
    private final List<String> formats = new ArrayList<>();
    private final LineListBuilder lines;

    MediaSectionBuilder(String type, String protocol) {
        this.type = Grammar.token(type, "media type");
        this.protocol = Grammar.word(protocol, "protocol");
        this.lines = new LineListBuilder(ORDER, List.of(SdpLine.of('c', Connection.UNSPECIFIED.text())));
    }

    MediaSectionBuilder(MediaSection section) {
        this.type = section.type();
        this.protocol = section.protocol();
        this.port = section.port();
        this.formats.addAll(section.formats());
        this.lines = new LineListBuilder(ORDER, section.lines());
    }

    /**
     * Sets the port.
     *
     * @param value 0 (rejected, or bundle-only) to 65535
     * @return this
     */
    public MediaSectionBuilder port(int value) {
        this.port = (int) Grammar.inRange(value, 0, 65535, "port");
        return this;
    }

    /**
     * Sets the protocol.
     *
     * @param value e.g. {@code UDP/TLS/RTP/SAVPF}
     * @return this
     */
    public MediaSectionBuilder protocol(String value) {
        this.protocol = Grammar.word(value, "protocol");
        return this;
    }

    /**
     * Sets the connection line.
     *
     * @param value the address of the default candidate, or {@link Connection#UNSPECIFIED}
     * @return this
     */
    public MediaSectionBuilder connection(Connection value) {
        lines.replace(SdpLine.of('c', value.text()));
        return this;
    }

    /**
     * Adds a format to the media line.
     *
     * @param format a payload type or a name
     * @return this
     */
    public MediaSectionBuilder format(String format) {
        formats.add(Grammar.word(format, "format"));
        return this;
    }

    /**
     * Adds a payload type to the media line.
     *
     * @param payloadType 0 to 127
     * @return this
     */
    public MediaSectionBuilder format(int payloadType) {
        return format(Long.toString(Grammar.inRange(payloadType, 0, 127, "payload type")));
    }

    /**
     * Removes all formats from the media line.
     *
     * @return this
     */
    public MediaSectionBuilder clearFormats() {
        formats.clear();
        return this;
    }

    /**
     * Adds an attribute behind the others.
     *
     * @param attribute the attribute
     * @return this
     */
    public MediaSectionBuilder add(Attribute attribute) {
        lines.add(SdpLine.of(attribute));
        return this;
    }

    /**
     * Adds attributes behind the others.
     *
     * @param attributes the attributes in their order
     * @return this
     */
    public MediaSectionBuilder addAll(Iterable<? extends Attribute> attributes) {
        attributes.forEach(this::add);
        return this;
    }

    /**
     * Puts an attribute in the place of those of its kind (its type; its name for flags and unknown ones), or behind
     * the others if there is none.
     *
     * @param attribute the attribute
     * @return this
     */
    public MediaSectionBuilder replace(Attribute attribute) {
        lines.replace(SdpLine.of(attribute));
        return this;
    }

    /**
     * Adds a line that is no attribute.
     *
     * @param letter one of {@code i}, {@code c}, {@code b} and {@code k}
     * @param value its text
     * @return this
     */
    public MediaSectionBuilder line(char letter, String value) {
        lines.add(SdpLine.of(letter, value));
        return this;
    }

    /**
     * Removes the attributes of a type.
     *
     * @param attributeType the type
     * @return this
     */
    public MediaSectionBuilder removeAll(Class<? extends Attribute> attributeType) {
        lines.removeAll(attributeType);
        return this;
    }

    /**
     * Removes an attribute.
     *
     * @param attribute what is to go, in every place
     * @return this
     */
    public MediaSectionBuilder remove(Attribute attribute) {
        lines.remove(attribute);
        return this;
    }

    /**
     * The section so far.
     *
     * @return an immutable section
     * @throws IllegalArgumentException if there is no format
     */
    public MediaSection build() {
        String value = type + " " + port + " " + protocol + " " + String.join(" ", formats);
        SdpLine media = SdpLine.of('m', value);
        MediaLine.check(media.cursor());
        return MediaSection.of(media, lines.lines());
    }
}

package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a description that carries ICE's news: the body {@code application/trickle-ice-sdpfrag} (RFC 8840 section 9).
 * It has attributes, and sections that begin with an {@code m=} line whose values mean nothing but which section of
 * the whole description is meant, by its {@code mid}. It does not judge credentials or candidates. Immutable; usable
 * from any thread.
 */
public final class SdpFragment {
    /** The media type of such a body. */
    public static final String MEDIA_TYPE = "application/trickle-ice-sdpfrag";

    private final Lines lines;
    private final List<MediaSection> media;
    private final Attributes attributes;

    SdpFragment(Lines lines, List<MediaSection> media) {
        this.lines = lines;
        this.media = List.copyOf(media);
        this.attributes = new Attributes(this.lines);
    }

    /**
     * Reads a fragment, within {@link SdpParser}'s limits.
     *
     * @param text lines ended by CR LF or by LF alone; the last one may lack its end
     * @return the fragment, without lines if the text is empty
     * @throws SdpParseException if the text breaks the grammar or a limit, or has lines other than attributes and media;
     *     nothing else is thrown
     */
    public static SdpFragment parse(String text) throws SdpParseException {
        return SdpParser.parseFragment(text);
    }

    /**
     * Composes a fragment.
     *
     * @param attributes those that hold for all sections
     * @param media the sections; of each the media line and its attributes are written
     * @return the fragment
     */
    public static SdpFragment of(List<? extends Attribute> attributes, List<MediaSection> media) {
        List<SdpLine> session = new ArrayList<>();
        for (Attribute attribute : attributes) {
            session.add(SdpLine.of(attribute));
        }
        List<MediaSection> sections = new ArrayList<>();
        for (MediaSection section : media) {
            sections.add(MediaSection.of(
                    section.mediaLine(),
                    section.lines().stream().filter(each -> each.type() == 'a').toList()));
        }
        return new SdpFragment(Lines.of(session), sections);
    }

    /**
     * The fragment as text.
     *
     * @return lines ended by CR LF
     */
    public String write() {
        StringBuilder out = new StringBuilder();
        SdpWriter.write(lines, out);
        media.forEach(section -> SdpWriter.write(section, out));
        return out.toString();
    }

    /**
     * The attributes before the first section.
     *
     * @return them in order and by type
     */
    public Attributes attributes() {
        return attributes;
    }

    /**
     * The sections.
     *
     * @return them in the order written, unmodifiable
     */
    public List<MediaSection> media() {
        return media;
    }

    /**
     * The ICE user name fragment that a section's lines belong to: its own, else that of all (RFC 8840 section 4.4).
     *
     * @param section a section of this fragment
     * @return the fragment, or null if none is stated
     */
    public @Nullable String iceUfrag(MediaSection section) {
        IceUfrag own = section.attributes().first(IceUfrag.class);
        IceUfrag ufrag = own == null ? attributes.first(IceUfrag.class) : own;
        return ufrag == null ? null : ufrag.ufrag();
    }

    /**
     * The ICE password, a secret: the section's, else that of all.
     *
     * @param section a section of this fragment
     * @return the password, or null if none is stated
     */
    public @Nullable String icePwd(MediaSection section) {
        IcePwd own = section.attributes().first(IcePwd.class);
        IcePwd pwd = own == null ? attributes.first(IcePwd.class) : own;
        return pwd == null ? null : pwd.password();
    }

    /**
     * Whether no candidate will follow for a section (RFC 8840 section 8.2).
     *
     * @param section a section of this fragment
     * @return true if the section or the fragment says so
     */
    public boolean hasEndOfCandidates(MediaSection section) {
        return section.attributes().has(Flag.END_OF_CANDIDATES) || attributes.has(Flag.END_OF_CANDIDATES);
    }

    /** Two fragments are equal if all their lines are, letter for letter. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SdpFragment that && lines.equals(that.lines) && media.equals(that.media);
    }

    @Override
    public int hashCode() {
        return 31 * lines.hashCode() + media.hashCode();
    }

    /** One line without secrets; {@link #write()} gives the text. */
    @Override
    public String toString() {
        return "SdpFragment" + media;
    }
}

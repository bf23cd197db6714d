package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session description: typed where this module knows the grammar, exact text everywhere (RFC 8866, RFC 9429).
 *
 * <p>It does not judge whether an offer or answer makes sense ({@link SdpValidator} does), nor does it read candidates.
 * Immutable; usable from any thread.
 */
public final class Sdp {
    private final Lines lines;
    private final List<MediaSection> media;
    private final Origin origin;
    private final String sessionName;
    private final @Nullable Connection connection;
    private final Attributes attributes;

    /** The grammar of all lines has been checked, and nobody changes the list of sections any more. */
    Sdp(Lines lines, Origin origin, List<MediaSection> media) {
        this.lines = lines;
        this.media = Collections.unmodifiableList(media);
        this.origin = origin;
        SdpLine name = lines.first('s');
        this.sessionName = name == null ? "" : name.value();
        SdpLine address = lines.first('c');
        this.connection = address == null ? null : Connection.parse(address.cursor());
        this.attributes = new Attributes(this.lines);
    }

    /**
     * Reads a description.
     *
     * @param text lines ended by CR LF or by LF alone; the last one may lack its end
     * @return the description
     * @throws SdpParseException if the text breaks the grammar or one of {@link SdpParser}'s limits; nothing else is thrown
     */
    public static Sdp parse(String text) throws SdpParseException {
        return SdpParser.parse(text);
    }

    /**
     * Begins a new description.
     *
     * @param origin who makes the session, and the version of this description
     * @return a builder
     */
    public static SdpBuilder builder(Origin origin) {
        return new SdpBuilder(origin);
    }

    /**
     * Begins a changed copy.
     *
     * @return a builder that holds this description's lines with their exact text
     */
    public SdpBuilder toBuilder() {
        return new SdpBuilder(this);
    }

    /**
     * The description as text, every line exactly as it was received or composed.
     *
     * @return lines ended by CR LF
     */
    public String write() {
        return SdpWriter.write(this);
    }

    /**
     * The origin.
     *
     * @return what the {@code o=} line says
     */
    public Origin origin() {
        return origin;
    }

    /**
     * The session's name.
     *
     * @return the value of the {@code s=} line
     */
    public String sessionName() {
        return sessionName;
    }

    /**
     * The lines before the first media section, {@code v=}, {@code o=} and {@code s=} included.
     *
     * @return them in the order written, unmodifiable
     */
    public List<SdpLine> lines() {
        return lines;
    }

    /**
     * The attributes of the session level.
     *
     * @return them in order and by type
     */
    public Attributes attributes() {
        return attributes;
    }

    /**
     * The media sections.
     *
     * @return them in the order written, unmodifiable
     */
    public List<MediaSection> media() {
        return media;
    }

    /**
     * The section with an identifier.
     *
     * @param mid the identifier
     * @return the first section that has it, or null
     */
    public @Nullable MediaSection mediaByMid(String mid) {
        for (MediaSection section : media) {
            if (mid.equals(section.mid())) {
                return section;
            }
        }
        return null;
    }

    /**
     * The BUNDLE groups (RFC 9143).
     *
     * @return them in the order written; empty if there is none
     */
    public List<Group> bundleGroups() {
        return attributes.all(Group.class).stream().filter(Group::isBundle).toList();
    }

    /**
     * The BUNDLE group of a section.
     *
     * @param section a section of this description
     * @return the first group that names it, or null
     */
    public @Nullable Group bundleGroup(MediaSection section) {
        String mid = section.mid();
        for (Group group : bundleGroups()) {
            if (mid != null && group.mids().contains(mid)) {
                return group;
            }
        }
        return null;
    }

    /**
     * The direction of a section: its own, else the session's, else sendrecv (RFC 8866 section 6.7).
     *
     * @param section a section of this description
     * @return the direction
     */
    public Direction direction(MediaSection section) {
        Direction direction = resolve(section, Direction.class);
        return direction == null ? Direction.SENDRECV : direction;
    }

    /**
     * The DTLS role a section offers: its own, else the session's (RFC 8842 section 5.2).
     *
     * @param section a section of this description
     * @return the role, or null if none is stated
     */
    public @Nullable Setup setup(MediaSection section) {
        return resolve(section, Setup.class);
    }

    /**
     * The fingerprints that hold for a section: its own, else the session's (RFC 8122 section 5).
     *
     * @param section a section of this description
     * @return them in the order written; empty if none is stated
     */
    public List<Fingerprint> fingerprints(MediaSection section) {
        List<Fingerprint> own = section.attributes().all(Fingerprint.class);
        return own.isEmpty() ? attributes.all(Fingerprint.class) : own;
    }

    /**
     * The DTLS association's identity: the section's, else the session's.
     *
     * @param section a section of this description
     * @return the identity, or null if none is stated
     */
    public @Nullable String tlsId(MediaSection section) {
        TlsId id = resolve(section, TlsId.class);
        return id == null ? null : id.id();
    }

    /**
     * The ICE user name fragment: the section's, else the session's (RFC 8839 section 5.4).
     *
     * @param section a section of this description
     * @return the fragment, or null if none is stated
     */
    public @Nullable String iceUfrag(MediaSection section) {
        IceUfrag ufrag = resolve(section, IceUfrag.class);
        return ufrag == null ? null : ufrag.ufrag();
    }

    /**
     * The ICE password, a secret: the section's, else the session's (RFC 8839 section 5.4).
     *
     * @param section a section of this description
     * @return the password, or null if none is stated
     */
    public @Nullable String icePwd(MediaSection section) {
        IcePwd pwd = resolve(section, IcePwd.class);
        return pwd == null ? null : pwd.password();
    }

    /**
     * Whether an ICE option holds for a section: its own list decides, else the session's.
     *
     * @param section a section of this description
     * @param option the tag, e.g. {@link IceOptions#TRICKLE}
     * @return true if it is there
     */
    public boolean hasIceOption(MediaSection section, String option) {
        IceOptions options = resolve(section, IceOptions.class);
        return options != null && options.contains(option);
    }

    /**
     * Whether the peer is a lite implementation (RFC 8839 section 5.3).
     *
     * @return true if the session level says so
     */
    public boolean isIceLite() {
        return attributes.has(Flag.ICE_LITE);
    }

    /**
     * Whether one-byte and two-byte header extensions may be mixed in a section (RFC 8285 section 6).
     *
     * @param section a section of this description
     * @return true if the section or the session says so
     */
    public boolean allowsMixedExtmap(MediaSection section) {
        return section.attributes().has(Flag.EXTMAP_ALLOW_MIXED) || attributes.has(Flag.EXTMAP_ALLOW_MIXED);
    }

    /**
     * Whether no candidate will follow for a section (RFC 8840 section 8.2).
     *
     * @param section a section of this description
     * @return true if the section or the session says so
     */
    public boolean hasEndOfCandidates(MediaSection section) {
        return section.attributes().has(Flag.END_OF_CANDIDATES) || attributes.has(Flag.END_OF_CANDIDATES);
    }

    /**
     * The address of a section: its own, else the session's.
     *
     * @param section a section of this description
     * @return the address, or null if none is stated
     */
    public @Nullable Connection connection(MediaSection section) {
        Connection own = section.connection();
        return own == null ? connection : own;
    }

    /**
     * The number of a section's {@code m=} line in {@link #write()}.
     *
     * @param index the section's index
     * @return counted from 1
     */
    public int lineNumber(int index) {
        int number = lines.size() + 1;
        for (MediaSection section : media.subList(0, index)) {
            number += 1 + section.lines().size();
        }
        return number;
    }

    private <T extends Attribute> @Nullable T resolve(MediaSection section, Class<T> type) {
        T own = section.attributes().first(type);
        return own == null ? attributes.first(type) : own;
    }

    List<SdpLine> allLines() {
        List<SdpLine> all = new ArrayList<>(lines);
        for (MediaSection section : media) {
            all.add(section.mediaLine());
            all.addAll(section.lines());
        }
        return all;
    }

    /** Two descriptions are equal if all their lines are, letter for letter. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Sdp that && lines.equals(that.lines) && media.equals(that.media);
    }

    @Override
    public int hashCode() {
        return 31 * lines.hashCode() + media.hashCode();
    }

    /** One line without secrets; {@link #write()} gives the text. */
    @Override
    public String toString() {
        return "Sdp[session " + origin.sessionId() + " version " + origin.sessionVersion() + ", media=" + media + "]";
    }
}

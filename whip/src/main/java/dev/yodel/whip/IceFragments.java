package dev.yodel.whip;

import dev.yodel.sdp.Attribute;
import dev.yodel.sdp.CandidateLine;
import dev.yodel.sdp.Flag;
import dev.yodel.sdp.Group;
import dev.yodel.sdp.IceOptions;
import dev.yodel.sdp.IcePwd;
import dev.yodel.sdp.IceUfrag;
import dev.yodel.sdp.MediaSection;
import dev.yodel.sdp.MediaSectionBuilder;
import dev.yodel.sdp.Mid;
import dev.yodel.sdp.Origin;
import dev.yodel.sdp.Sdp;
import dev.yodel.sdp.SdpBuilder;
import dev.yodel.sdp.SdpFragment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes ICE's part out of a description as a fragment, and puts a fragment into a description (RFC 9725 section 4.3). */
final class IceFragments {
    private static final String CANDIDATE = "candidate:";

    private IceFragments() {}

    /** All of ICE's part: the tagged section of each BUNDLE group, and sections of no group. */
    static SdpFragment whole(Sdp description) {
        final List<MediaSection> parts = new ArrayList<>();
        for (final MediaSection section : description.media()) {
            if (!section.isRejected() && !follows(description, section)) {
                parts.add(part(description, section, section.candidates(), description.hasEndOfCandidates(section)));
            }
        }
        return SdpFragment.of(session(description), parts);
    }

    /** Candidates by mid, as {@code candidate:…}; an empty one is the end of all. */
    static SdpFragment candidates(Sdp description, Map<String, List<String>> byMid) {
        final List<MediaSection> parts = new ArrayList<>();
        byMid.forEach((mid, lines) -> {
            final MediaSection section = description.mediaByMid(mid);
            if (section != null) {
                final List<String> bare = lines.stream()
                        .filter(line -> !line.isEmpty())
                        .map(line -> line.startsWith(CANDIDATE) ? line.substring(CANDIDATE.length()) : line)
                        .toList();
                parts.add(part(description, section, bare, lines.contains("")));
            }
        });
        return SdpFragment.of(session(description), parts);
    }

    private static List<Attribute> session(Sdp description) {
        final List<Attribute> attributes = new ArrayList<>();
        if (description.isIceLite()) {
            attributes.add(Flag.ICE_LITE);
        }
        IceOptions options = description.attributes().first(IceOptions.class);
        for (final MediaSection section : description.media()) {
            options = options == null ? section.attributes().first(IceOptions.class) : options;
        }
        if (options != null) {
            attributes.add(options);
        }
        attributes.addAll(description.bundleGroups());
        return attributes;
    }

    private static boolean follows(Sdp description, MediaSection section) {
        final Group group = description.bundleGroup(section);
        return group != null && !group.mids().isEmpty() && !group.mids().get(0).equals(section.mid());
    }

    private static MediaSection part(Sdp description, MediaSection section, List<String> candidates, boolean end) {
        final MediaSectionBuilder part = MediaSection.builder(section.type(), section.protocol())
                .format(section.formats().get(0));
        final String mid = section.mid();
        if (mid != null) {
            part.add(new Mid(mid));
        }
        final String ufrag = description.iceUfrag(section);
        final String pwd = description.icePwd(section);
        if (ufrag != null && pwd != null) {
            part.add(new IceUfrag(ufrag)).add(new IcePwd(pwd));
        }
        candidates.forEach(candidate -> part.add(new CandidateLine(candidate)));
        if (end) {
            part.add(Flag.END_OF_CANDIDATES);
        }
        return part.build();
    }

    /**
     * Whether a fragment has other credentials than a description: then it restarts ICE.
     *
     * @throws WhipException 400 if a section of the fragment is none of the description
     */
    static boolean restarts(Sdp description, SdpFragment fragment) {
        boolean restarts = false;
        if (fragment.media().isEmpty()) {
            // RFC 8840 4.4: what stands before all sections holds for all.
            for (final MediaSection section : description.media()) {
                restarts |= !section.isRejected()
                        && differs(ufragOfAll(fragment), pwdOfAll(fragment), description, section);
            }
        }
        for (final MediaSection section : fragment.media()) {
            final String mid = section.mid();
            final MediaSection whole = mid == null ? null : description.mediaByMid(mid);
            if (whole == null) {
                throw new WhipException(400, "each section of a fragment needs the a=mid of one in the description");
            }
            restarts |= differs(fragment.iceUfrag(section), fragment.icePwd(section), description, whole);
        }
        return restarts;
    }

    private static boolean differs(
            @Nullable String ufrag, @Nullable String pwd, Sdp description, MediaSection section) {
        return (ufrag != null && !ufrag.equals(description.iceUfrag(section)))
                || (pwd != null && !pwd.equals(description.icePwd(section)));
    }

    private static @Nullable String ufragOfAll(SdpFragment fragment) {
        final IceUfrag ufrag = fragment.attributes().first(IceUfrag.class);
        return ufrag == null ? null : ufrag.ufrag();
    }

    private static @Nullable String pwdOfAll(SdpFragment fragment) {
        final IcePwd pwd = fragment.attributes().first(IcePwd.class);
        return pwd == null ? null : pwd.password();
    }

    /**
     * The description that would have come if ICE's part were the fragment's and all else as before.
     *
     * @throws WhipException 400 if the fragment leaves out a section's credentials
     */
    static String apply(Sdp description, SdpFragment fragment) {
        final Origin origin = description.origin();
        final SdpBuilder whole = description.toBuilder()
                .origin(new Origin(
                        origin.username(),
                        origin.sessionId(),
                        Math.min(origin.sessionVersion(), Long.MAX_VALUE - 1) + 1,
                        origin.connection()))
                .removeAll(IceUfrag.class)
                .removeAll(IcePwd.class);
        for (int i = 0; i < description.media().size(); i++) {
            final MediaSection section = description.media().get(i);
            if (!section.isRejected()) {
                whole.media(i, apply(description, section, fragment));
            }
        }
        return whole.build().write();
    }

    private static MediaSection apply(Sdp description, MediaSection section, SdpFragment fragment) {
        final MediaSection news = newsOf(description, section, fragment);
        final String ufrag = news == null ? ufragOfAll(fragment) : fragment.iceUfrag(news);
        final String pwd = news == null ? pwdOfAll(fragment) : fragment.icePwd(news);
        if (ufrag == null || pwd == null) {
            throw new WhipException(400, "a restart needs a=ice-ufrag and a=ice-pwd for every transport");
        }
        final MediaSectionBuilder part = section.toBuilder()
                .removeAll(CandidateLine.class)
                .remove(Flag.END_OF_CANDIDATES)
                .replace(new IceUfrag(ufrag))
                .replace(new IcePwd(pwd));
        if (news != null && String.valueOf(news.mid()).equals(section.mid())) {
            news.candidates().forEach(candidate -> part.add(new CandidateLine(candidate)));
            if (fragment.hasEndOfCandidates(news)) {
                part.add(Flag.END_OF_CANDIDATES);
            }
        }
        return part.build();
    }

    /** The fragment's section of the same name, else one that shares its transport. */
    private static @Nullable MediaSection newsOf(Sdp description, MediaSection section, SdpFragment fragment) {
        final Group group = description.bundleGroup(section);
        MediaSection shared = null;
        for (final MediaSection news : fragment.media()) {
            final String mid = news.mid();
            if (mid != null && mid.equals(section.mid())) {
                return news;
            }
            if (group != null && mid != null && shared == null && group.mids().contains(mid)) {
                shared = news;
            }
        }
        return shared;
    }
}
